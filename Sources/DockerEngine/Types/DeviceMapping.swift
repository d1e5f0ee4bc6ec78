/// A device of the host that a container may use.
package struct DeviceMapping: Sendable, Equatable, Codable {
    /// The device.
    package var pathOnHost: String

    /// Where it is inside.
    package var pathInContainer: String

    /// What is allowed: `r`, `w` and `m`.
    package var cgroupPermissions: String

    /// Makes a mapping.
    package init(pathOnHost: String, pathInContainer: String, cgroupPermissions: String) {
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
