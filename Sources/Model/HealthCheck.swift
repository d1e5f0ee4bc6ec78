/// How Docker finds out whether a container is well (Compose `healthcheck`).
public struct HealthCheck: Hashable, Sendable, Encodable {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", line]`; nil keeps the image's own test.
    public var test: [String]?
    /// Between two tests; nil is Docker's 30 s.
    public var interval: Duration?
    /// For one test; nil is Docker's 30 s.
    public var timeout: Duration?
    /// Failures in a row that make a container unhealthy; nil is Docker's 3.
    public var retries: Int?
    /// Failures within it do not count; nil is none.
    public var startPeriod: Duration?
    /// Between two tests within the start period (API 1.44).
    public var startInterval: Duration?

    /// Makes a health check; nil leaves a field to the image or to Docker.
    public init(
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
    public static let disabled = HealthCheck(test: ["NONE"])
}
