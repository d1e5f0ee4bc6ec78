internal import HTTPWire
internal import Synchronization

/// A client of one Docker daemon, over its unix socket.
///
/// Every call is one connection, used on a bounded set of threads, so that a daemon that hangs
/// neither blocks Swift's cooperative pool nor adds threads.
/// Every call ends at its deadline, and at once when its task is cancelled.
/// The version of the API is negotiated at the first call, and again when the daemon was replaced
/// by one of another version.
///
/// Calls that change something are not retried: they may have been carried out.
package final class EngineClient: Sendable {
    package let address: EngineAddress
    let timeouts: EngineTimeouts

    private struct Negotiation {
        /// The daemon's newest version, as it wrote it.
        let offer: String
        let version: APIVersion
    }

    private let negotiation = Mutex<Negotiation?>(nil)
    private let shortCalls = ThreadPool(label: "berth.engine", size: 8)
    private let longCalls = ThreadPool(label: "berth.engine.long", size: 32)

    /// Streams have a thread each; a program that opens more than this has lost track of them.
    let openStreams = Mutex(0)
    static let mostOpenStreams = 64

    /// Nothing is sent before the first call.
    package init(address: EngineAddress, timeouts: EngineTimeouts = EngineTimeouts()) {
        self.address = address
        self.timeouts = timeouts
    }

    package convenience init(
        socketPath: String,
        timeouts: EngineTimeouts = EngineTimeouts()
    ) throws(EngineError) {
        self.init(address: try EngineAddress(socketPath), timeouts: timeouts)
    }
}

// MARK: - Calls

extension EngineClient {
    /// Sends a call and converts its answer, on a thread of the client's.
    ///
    /// With `onBody` the body is passed on as it arrives, and that of the answer stays empty.
    func perform<Value: Sendable>(
        _ call: EngineCall,
        onBody: (@Sendable ([UInt8]) throws(EngineError) -> Void)? = nil,
        _ convert: @escaping @Sendable (Response) throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        try await withNegotiatedVersion { version throws(EngineError) in
            try await self.attempt(call, version, onBody, convert)
        }
    }

    /// Sends a call and ignores its answer.
    func perform(_ call: EngineCall) async throws(EngineError) {
        try await perform(call) { _ in }
    }

    /// Sends a call and decodes its answer.
    func fetch<Value: Decodable & Sendable>(
        _ call: EngineCall,
        as type: Value.Type = Value.self
    ) async throws(EngineError) -> Value {
        try await perform(call) { response throws(EngineError) in
            try call.decode(response.body)
        }
    }

    private func attempt<Value: Sendable>(
        _ call: EngineCall,
        _ version: APIVersion?,
        _ onBody: (@Sendable ([UInt8]) throws(EngineError) -> Void)? = nil,
        _ convert: @escaping @Sendable (Response) throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let exchange = Exchange()
        let begin = ContinuousClock.now
        let timeout = call.timeout ?? (call.method == .get ? timeouts.read : timeouts.change)
        let deadlines = Exchange.Deadlines(
            connect: begin + min(timeouts.connect, timeout),
            head: begin + timeout,
            body: begin + timeout,
            idle: call.idleTimeout
        )
        let threads = call.isLong ? longCalls : shortCalls
        let outcome = await withTaskCancellationHandler {
            await threads.run {
                Result { () throws(EngineError) in
                    var collector = ResponseCollector(call: call)
                    try exchange.perform(call, version, at: self.address, deadlines: deadlines) {
                        part throws(EngineError) in
                        if case .head(let head) = part { self.recordVersion(in: head) }
                        try collector.add(part, onBody)
                    }
                    return try convert(try collector.response())
                }
            }
        } onCancel: {
            exchange.cancel()
        }
        guard let outcome else {
            throw EngineError(.cancelled, call.operation, "the call was cancelled")
        }
        return try outcome.get()
    }
}

// MARK: - Versions

extension EngineClient {
    /// The version of the API that calls use; asks the daemon if it is not negotiated yet.
    ///
    /// Fails with `unsupportedVersion` if there is none.
    package func apiVersion() async throws(EngineError) -> APIVersion {
        if let version = negotiation.withLock({ $0?.version }) { return version }
        return try await negotiate()
    }

    /// `GET /_ping`, which has no version.
    private func negotiate() async throws(EngineError) -> APIVersion {
        var call = EngineCall(.get, "/_ping")
        call.bodyLimit = 64 * 1024
        let head = try await attempt(call, nil) { $0.head }
        let offer = head.fields["Api-Version"] ?? ""
        guard let offered = APIVersion(offer) else {
            throw EngineError(
                .malformedResponse,
                call.operation,
                "the answer has no version of the API"
            )
        }
        let version = try APIVersion.negotiated(with: offered)
        negotiation.withLock { $0 = Negotiation(offer: offer, version: version) }
        return version
    }

    /// Runs a call with the negotiated version, and again if the daemon does not speak it any more.
    ///
    /// A call that is refused for its version has changed nothing, so any call may be repeated.
    func withNegotiatedVersion<Value>(
        _ call: (APIVersion) async throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let version = try await apiVersion()
        do throws(EngineError) {
            return try await call(version)
        } catch {
            guard error.kind == .unsupportedVersion else { throw error }
            let fresh = try await negotiate()
            guard fresh != version else { throw error }
            return try await call(fresh)
        }
    }

    /// The daemon names its version in every answer: a new one means a new daemon.
    func recordVersion(in head: ResponseHead) {
        guard let offer = head.fields["Api-Version"] else { return }
        negotiation.withLock { negotiation in
            guard let known = negotiation, known.offer != offer,
                let offered = APIVersion(offer),
                let version = try? APIVersion.negotiated(with: offered)
            else { return }
            negotiation = Negotiation(offer: offer, version: version)
        }
    }
}

/// How long the client waits for Docker; the defaults suit a slow disk under load.
package struct EngineTimeouts: Sendable, Equatable {
    /// For a connection to the socket.
    var connect = Duration.seconds(5)

    /// For the whole answer to a GET.
    package var read = Duration.seconds(30)

    /// For the whole answer to a change; on top of a stop's grace period.
    var change = Duration.seconds(120)

    /// Between two lines of a pull.
    package var pullIdle = Duration.seconds(300)

    /// For the whole pull of an image.
    var pull = Duration.seconds(3600)

    package init() {}
}
