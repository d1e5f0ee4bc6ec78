/// Where a container's output goes.
package struct LogConfig: Sendable, Equatable, Codable {
    /// The driver, such as `json-file`; empty takes the daemon's.
    package var type: String?

    /// The driver's options.
    package var config: [String: String]?

    /// Makes a configuration.
    package init(type: String? = nil, config: [String: String]? = nil) {
        self.type = type
        self.config = config
    }

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case config = "Config"
    }
}
