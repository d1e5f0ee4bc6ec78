/// A volume.
package struct Volume: Sendable, Equatable, Decodable {
    /// Its name.
    package let name: String

    /// Its driver.
    package let driver: String?

    /// Where it is on the host.
    package let mountPath: String?

    /// `local` or `global`.
    package let scope: String?

    /// The driver's options.
    package let options: [String: String]?

    /// Its labels.
    package let labels: [String: String]?

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
package struct VolumeCreateBody: Sendable, Equatable, Encodable {
    /// Its name.
    package var name: String

    /// Its driver; nil is `local`.
    package var driver: String?

    /// The driver's options.
    package var options: [String: String]?

    /// Its labels.
    package var labels: [String: String]?

    /// Makes a body.
    package init(
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
