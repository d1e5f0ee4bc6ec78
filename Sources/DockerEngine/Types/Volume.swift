/// A volume.
public struct Volume: Sendable, Equatable, Decodable {
    /// Its name.
    public let name: String

    /// Its driver.
    public let driver: String?

    /// Where it is on the host.
    public let mountPath: String?

    /// `local` or `global`.
    public let scope: String?

    /// The driver's options.
    public let options: [String: String]?

    /// Its labels.
    public let labels: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case mountPath = "Mountpoint"
        case scope = "Scope"
        case options = "Options"
        case labels = "Labels"
    }
}

/// Everything a volume is made from.
public struct VolumeCreateBody: Sendable, Equatable, Encodable {
    /// Its name.
    public var name: String

    /// Its driver; nil is `local`.
    public var driver: String?

    /// The driver's options.
    public var options: [String: String]?

    /// Its labels.
    public var labels: [String: String]?

    /// Makes a body.
    public init(
        name: String,
        driver: String? = nil,
        options: [String: String]? = nil,
        labels: [String: String]? = nil
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.labels = labels
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case options = "DriverOpts"
        case labels = "Labels"
    }
}
