extension EngineClient {
    /// Maps to `POST /containers/{id}/wait`; returns when the daemon has begun to watch.
    ///
    /// Open the watch before the act, then nothing that happens after is missed:
    ///
    ///     let exit = try await engine.watchExit(of: id, .nextExit)
    ///     try await engine.startContainer(id)
    ///     let result = try await exit.result()
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - condition: What to wait for.
    /// - Returns: The watch; dropping it ends it.
    /// - Throws: `EngineError`; `notFound` if there is no such container.
    public func watchExit(
        of id: String,
        _ condition: ExitCondition = .notRunning
    ) async throws(EngineError) -> ExitWatch {
        var call = EngineCall(.post, "/containers/\(id)/wait")
        call.add("condition", condition.rawValue)
        return ExitWatch(operation: call.operation, results: try await open(call))
    }
}

/// What to wait for.
public enum ExitCondition: String, Sendable {
    /// That it does not run; true at once for one that was never started.
    case notRunning = "not-running"
    /// That its process ends the next time.
    case nextExit = "next-exit"
    /// That it is removed.
    case removed
}

/// How a container's process ended.
public struct ContainerExit: Sendable, Equatable, Decodable {
    /// The code it ended with.
    public let code: Int

    /// Why waiting failed, if it did.
    public let error: String?

    private enum CodingKeys: String, CodingKey {
        case code = "StatusCode"
        case error = "Error"
    }

    private struct Failure: Decodable {
        let message: String?

        enum CodingKeys: String, CodingKey {
            case message = "Message"
        }
    }

    /// Reads Docker's object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(Int.self, forKey: .code)
        error = try container.decodeIfPresent(Failure.self, forKey: .error)?.message
    }
}

/// An open wait for a container's end.
public struct ExitWatch: Sendable {
    fileprivate let operation: String
    fileprivate let results: EngineStream<ContainerExit>

    /// Waits for the end; to be called once.
    ///
    /// - Returns: How the process ended.
    /// - Throws: `EngineError`; `cancelled` if the task was, `connectionLost` if the daemon went.
    public func result() async throws(EngineError) -> ContainerExit {
        var iterator = results.makeAsyncIterator()
        if let exit = try await iterator.next() { return exit }
        throw EngineError(
            Task.isCancelled ? .cancelled : .connectionLost,
            operation,
            "the wait ended before the container did"
        )
    }
}
