/// A named volume of the environment (Compose top-level `volumes`).
public struct Volume: Hashable, Sendable {
    /// The key that services name it by.
    public var key: String
    /// The name in Docker; nil is `<environment>_<key>`.
    public var name: String?
    /// Made by somebody else; only looked up.
    public var isExternal: Bool
    /// The driver; nil is `local`.
    public var driver: String?
    /// Options for the driver.
    public var driverOptions: [String: String]
    /// Labels beside Berth's own.
    public var labels: [String: String]
    /// Whether several containers may write to it at a time (`x-berth.shared`).
    public var isShared: Bool

    /// Makes a volume; the defaults are Compose's.
    public init(
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
