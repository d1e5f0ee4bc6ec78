extension EngineClient {
    /// Maps to `GET /containers/{id}/logs`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - tail: How many lines, the newest ones.
    ///   - since: The moment to begin with; nil for the first line.
    ///   - limit: The most bytes to keep, the newest ones.
    /// - Returns: What its process has printed.
    /// - Throws: `EngineError`; `server` if its log driver cannot be read.
    public func containerLog(
        _ id: String,
        tail: Int,
        since: Timestamp? = nil,
        limit: Int = 256 * 1024
    ) async throws(EngineError) -> ContainerLog {
        var call = EngineCall(.get, "/containers/\(id)/logs")
        call.add("stdout", "1")
        call.add("stderr", "1")
        call.add("tail", String(tail))
        call.add("since", since?.description)
        // Only the newest bytes are kept, but the daemon sends the oldest first.
        call.bodyLimit = .max
        // Only from API 1.42 on does the answer say itself what it is.
        let isTerminal = try await inspectContainer(id).config.tty ?? false
        let log = LogReader.Shared(LogReader(isTerminal: isTerminal, limit: limit))
        return try await perform(
            call,
            Manner(timeout: timeouts.read),
            onBody: { [call] bytes throws(EngineError) in try log.add(bytes, call) }
        ) { _ in log.log }
    }
}
