/// A device of the host that a container may use.
public struct DeviceMapping: Sendable, Equatable, Codable {
    /// The device.
    public var pathOnHost: String

    /// Where it is inside.
    public var pathInContainer: String

    /// What is allowed: `r`, `w` and `m`.
    public var cgroupPermissions: String

    /// Makes a mapping.
    public init(pathOnHost: String, pathInContainer: String, cgroupPermissions: String) {
        self.pathOnHost = pathOnHost
        self.pathInContainer = pathInContainer
        self.cgroupPermissions = cgroupPermissions
    }

    private enum CodingKeys: String, CodingKey {
        case pathOnHost = "PathOnHost"
        case pathInContainer = "PathInContainer"
        case cgroupPermissions = "CgroupPermissions"
    }
}
