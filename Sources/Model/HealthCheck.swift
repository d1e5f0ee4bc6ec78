/// How Docker finds out whether a container is well (Compose `healthcheck`).
package struct HealthCheck: Hashable, Sendable, Encodable {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", line]`; nil keeps the image's own test.
    package var test: [String]?
    /// Between two tests; nil is Docker's 30 s.
    package var interval: Duration?
    /// For one test; nil is Docker's 30 s.
    package var timeout: Duration?
    /// Failures in a row that make a container unhealthy; nil is Docker's 3.
    package var retries: Int?
    /// Failures within it do not count; nil is none.
    package var startPeriod: Duration?
    /// Between two tests within the start period (API 1.44).
    package var startInterval: Duration?

    /// Makes a health check; nil leaves a field to the image or to Docker.
    package init(
        test: [String]? = nil,
        interval: Duration? = nil,
        timeout: Duration? = nil,
        retries: Int? = nil,
        startPeriod: Duration? = nil,
        startInterval: Duration? = nil
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.retries = retries
        self.startPeriod = startPeriod
        self.startInterval = startInterval
    }

    /// `disable: true`: not even the image's own test is run.
    package static let disabled = HealthCheck(test: ["NONE"])
}
