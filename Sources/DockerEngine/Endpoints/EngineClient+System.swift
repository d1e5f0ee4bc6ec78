/// The daemon itself.
extension EngineClient {
    /// Maps to `GET /version`.
    ///
    /// - Returns: Which Docker this is.
    /// - Throws: `EngineError`.
    package func version() async throws(EngineError) -> EngineVersion {
        try await fetch(EngineCall(.get, "/version"))
    }

    /// Maps to `GET /events`; returns when the daemon has begun to report.
    ///
    /// List what is there after this has returned, then no change falls between the two.
    /// The stream ends, with or without an error, when the daemon does: open another then.
    ///
    /// - Parameters:
    ///   - since: The moment to begin with, for events of the past; the daemon keeps 256 at most.
    ///   - filters: What to narrow the events down to, such as `["type": ["container"]]`.
    /// - Returns: The events.
    /// - Throws: `EngineError`.
    package func events(
        since: Timestamp? = nil,
        filters: EngineFilters = [:]
    ) async throws(EngineError) -> EngineStream<EngineEvent> {
        var call = EngineCall(.get, "/events")
        call.add("since", since?.description)
        try call.add(filters)
        call.bodyLimit = .max
        return try await open(call)
    }
}
