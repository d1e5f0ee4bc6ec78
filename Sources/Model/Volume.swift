/// A named volume of the environment (Compose top-level `volumes`).
package struct Volume: Hashable, Sendable {
    /// The key that services name it by.
    package var key: String
    /// The name in Docker; nil is `<environment>_<key>`.
    package var name: String?
    /// Made by somebody else; only looked up.
    package var isExternal: Bool
    /// The driver; nil is `local`.
    package var driver: String?
    /// Options for the driver.
    package var driverOptions: [String: String]
    /// Labels beside Berth's own.
    package var labels: [String: String]
    /// Whether several containers may write to it at a time (`x-berth.shared`).
    package var isShared: Bool

    /// Makes a volume; the defaults are Compose's.
    package init(
        key: String,
        name: String? = nil,
        isExternal: Bool = false,
        driver: String? = nil,
        driverOptions: [String: String] = [:],
        labels: [String: String] = [:],
        isShared: Bool = false
    ) {
        self.key = key
        self.name = name
        self.isExternal = isExternal
        self.driver = driver
        self.driverOptions = driverOptions
        self.labels = labels
        self.isShared = isShared
    }
}
