/// How a ``RegistryClient`` asks.
package struct RegistryOptions: Sendable {
    /// Registries that are asked over plain HTTP, as `host:port`, or `host` for all its ports.
    ///
    /// `localhost`, 127.0.0.0/8 and `[::1]` need not be listed.
    package var insecureRegistries: Set<String>

    /// How long one question may take in all, with tokens, retries and pages.
    package var timeout: Duration

    /// How long one request of it may take.
    package var requestTimeout: Duration

    /// How long a wait the registry may ask for, within the timeout, before the question fails
    /// instead.
    package var longestPause: Duration

    /// How many requests may be under way at one registry.
    package var requestsPerRegistry: Int

    /// Sensible values for all that is not given.
    package init(
        insecureRegistries: Set<String> = [],
        timeout: Duration = .seconds(30),
        requestTimeout: Duration = .seconds(10),
        longestPause: Duration = .seconds(10),
        requestsPerRegistry: Int = 4
    ) {
        self.insecureRegistries = insecureRegistries
        self.timeout = timeout
        self.requestTimeout = requestTimeout
        self.longestPause = longestPause
        self.requestsPerRegistry = max(1, requestsPerRegistry)
    }
}
