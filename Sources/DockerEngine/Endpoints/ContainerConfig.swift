/// The settings of a container that do not depend on the host; nil leaves one to the image or to
/// Docker.
package struct ContainerConfig: Sendable, Equatable, Codable {
    package var image: String?
    package var cmd: [String]?
    package var entrypoint: [String]?

    /// `KEY=value` each; `KEY` alone removes a variable of the image.
    package var env: [String]?
    package var labels: [String: String]?

    /// `user` or `user:group`, by name or number.
    package var user: String?
    package var workingDir: String?
    package var hostname: String?
    package var domainname: String?
    package var tty: Bool?
    package var openStdin: Bool?

    /// Such as `SIGTERM`.
    package var stopSignal: String?

    /// Seconds from the stop signal until it is killed.
    package var stopTimeout: Int?
    package var healthcheck: HealthCheck?

    /// Such as `80/tcp`.
    package var exposedPorts: NameSet?

    /// Paths with an anonymous volume.
    package var volumes: NameSet?

    package init() {}
}

/// Times are in nanoseconds; 0 and nil take the image's.
package struct HealthCheck: Sendable, Equatable, Codable {
    /// `["CMD", …]`, `["CMD-SHELL", …]`, `["NONE"]` for no check; empty takes the image's.
    package var test: [String]?
    package var interval: Int64?
    package var timeout: Int64?

    /// How long failures do not count after the start.
    package var startPeriod: Int64?

    /// The interval in the start period; API 1.44.
    package var startInterval: Int64?

    /// How many failures in a row make a container unhealthy.
    package var retries: Int?

    package init() {}
}

/// A set of names, which Docker writes as an object of empty objects: `{"80/tcp": {}}`.
package struct NameSet: Sendable, Equatable, Codable, ExpressibleByArrayLiteral {
    package let names: Set<String>

    private struct Empty: Codable {}

    package init(_ names: Set<String>) {
        self.names = names
    }

    package init(arrayLiteral elements: String...) {
        names = Set(elements)
    }

    package init(from decoder: any Decoder) throws {
        names = Set(try decoder.singleValueContainer().decode([String: Empty].self).keys)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(uniqueKeysWithValues: names.map { ($0, Empty()) }))
    }
}
