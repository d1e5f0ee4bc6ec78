/// How Docker finds out whether a container is healthy; times in nanoseconds, 0 takes the image's.
package struct HealthCheck: Sendable, Equatable, Codable {
    /// `["CMD", …]`, `["CMD-SHELL", …]`, `["NONE"]` for no check; empty takes the image's.
    package var test: [String]?

    /// Between two checks.
    package var interval: Int64?

    /// For one check.
    package var timeout: Int64?

    /// How long failures do not count after the start.
    package var startPeriod: Int64?

    /// Between two checks in the start period; API 1.44.
    package var startInterval: Int64?

    /// How many failures in a row make a container unhealthy.
    package var retries: Int?

    /// Makes an empty one, in which everything is left to Docker.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case startInterval = "StartInterval"
        case retries = "Retries"
    }
}
