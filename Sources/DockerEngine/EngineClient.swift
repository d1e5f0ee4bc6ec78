internal import HTTPWire
internal import Synchronization

/// A client of one Docker daemon, over its unix socket.
///
/// Every call is one connection, made and used on a bounded set of threads, so that neither
/// Swift's cooperative pool nor the number of threads depends on the daemon's health.
/// Every call ends at its deadline, and at once when its task is cancelled.
/// The version of the API is agreed on at the first call, and again when the daemon was exchanged
/// for one of another version.
///
/// Calls that change something are not repeated by themselves: they may have happened.
package final class EngineClient: Sendable {
    /// Where the daemon listens.
    package let address: EngineAddress

    /// How long calls may take.
    package let timeouts: EngineTimeouts

    private struct Agreement {
        /// What the daemon offered, as it wrote it.
        let offer: String
        let version: APIVersion
    }

    private let agreement = Mutex<Agreement?>(nil)

    /// For calls that the daemon answers at once.
    private let briefLanes = Lanes(label: "berth.engine", width: 8)

    /// For calls that take their time, so that they never keep the brief ones waiting.
    private let lastingLanes = Lanes(label: "berth.engine.lasting", width: 32)

    /// Streams have a thread each; a program that opens more than this loses track of them.
    let openStreams = Mutex(0)
    static let mostOpenStreams = 64

    /// Makes a client; nothing is sent before the first call.
    package init(address: EngineAddress, timeouts: EngineTimeouts = EngineTimeouts()) {
        self.address = address
        self.timeouts = timeouts
    }

    /// Makes a client for the socket at a path.
    ///
    /// - Throws: `EngineError` of kind `invalidAddress`.
    package convenience init(
        socketPath: String,
        timeouts: EngineTimeouts = EngineTimeouts()
    ) throws(EngineError) {
        self.init(address: try EngineAddress(socketPath), timeouts: timeouts)
    }
}

// MARK: - Calls

extension EngineClient {
    /// How a call is carried out.
    struct Manner: Sendable {
        let timeout: Duration
        var silence: Duration?
        var isLasting = false

        /// Statuses beside 2xx that are not errors: 304 says that it is so already.
        var accepted: Set<Int> = []
    }

    /// Sends a call and makes a value of its answer, on a thread of the client's.
    ///
    /// With `onBody` the body is handed over as it comes, and the answer's own stays empty.
    func perform<Value: Sendable>(
        _ call: EngineCall,
        _ manner: Manner,
        onBody: (@Sendable ([UInt8]) throws(EngineError) -> Void)? = nil,
        _ transform: @escaping @Sendable (Response) throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        try await withAgreedVersion { version throws(EngineError) in
            try await self.attempt(call, version, manner, onBody, transform)
        }
    }

    /// Asks a question whose answer is JSON.
    func fetch<Value: Decodable & Sendable>(
        _ call: EngineCall,
        as type: Value.Type = Value.self
    ) async throws(EngineError) -> Value {
        try await perform(call, Manner(timeout: timeouts.read)) { response throws(EngineError) in
            try call.decode(response.body)
        }
    }

    /// Makes a change whose answer is JSON.
    func change<Value: Decodable & Sendable>(
        _ call: EngineCall,
        as type: Value.Type = Value.self
    ) async throws(EngineError) -> Value {
        try await perform(call, Manner(timeout: timeouts.change)) { response throws(EngineError) in
            try call.decode(response.body)
        }
    }

    /// Makes a change whose answer says nothing more.
    func change(_ call: EngineCall) async throws(EngineError) {
        try await perform(call, Manner(timeout: timeouts.change, accepted: [304])) { _ in }
    }

    private func attempt<Value: Sendable>(
        _ call: EngineCall,
        _ version: APIVersion?,
        _ manner: Manner,
        _ onBody: (@Sendable ([UInt8]) throws(EngineError) -> Void)?,
        _ transform: @escaping @Sendable (Response) throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let exchange = Exchange()
        let begin = ContinuousClock.now
        let patience = Exchange.Patience(
            connect: begin + min(timeouts.connect, manner.timeout),
            head: begin + manner.timeout,
            body: begin + manner.timeout,
            silence: manner.silence
        )
        let lanes = manner.isLasting ? lastingLanes : briefLanes
        let outcome = await withTaskCancellationHandler {
            await lanes.run {
                Result { () throws(EngineError) in
                    try transform(
                        try self.receive(call, version, exchange, patience, manner, onBody)
                    )
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

    /// Carries out the exchange; blocks.
    private func receive(
        _ call: EngineCall,
        _ version: APIVersion?,
        _ exchange: Exchange,
        _ patience: Exchange.Patience,
        _ manner: Manner,
        _ onBody: (@Sendable ([UInt8]) throws(EngineError) -> Void)?
    ) throws(EngineError) -> Response {
        var collector = ResponseCollector(call: call, accepted: manner.accepted)
        try exchange.perform(call, version, at: address, patience: patience) {
            part throws(EngineError) in
            if case .head(let head) = part { note(head) }
            try collector.add(part, onBody)
        }
        return try collector.response()
    }
}

// MARK: - Versions

extension EngineClient {
    /// The version of the API that calls go to; asks the daemon if it is not agreed on yet.
    ///
    /// - Throws: `EngineError` of kind `unsupportedVersion` if there is none.
    package func apiVersion() async throws(EngineError) -> APIVersion {
        if let agreed = agreement.withLock({ $0?.version }) { return agreed }
        return try await ping().negotiated
    }

    /// Maps to `GET /_ping`, which has no version: what agreeing on one begins with.
    ///
    /// - Returns: What the daemon says about itself.
    /// - Throws: `EngineError`; `unreachable` while the daemon is not up.
    package func ping() async throws(EngineError) -> EnginePing {
        var call = EngineCall(.get, "/_ping")
        call.bodyLimit = 64 * 1024
        let manner = Manner(timeout: timeouts.read)
        let head = try await attempt(call, nil, manner, nil) { $0.head }
        let offer = head.fields["Api-Version"] ?? ""
        guard let offered = APIVersion(offer) else {
            throw EngineError(
                .malformedResponse,
                call.operation,
                "the answer names no version of the API"
            )
        }
        let version = try APIVersion.negotiated(with: offered)
        agreement.withLock { $0 = Agreement(offer: offer, version: version) }
        return EnginePing(offered: offered, negotiated: version, swarm: head.fields["Swarm"])
    }

    /// Runs a call with the agreed version, and again if the daemon turned out not to speak it.
    ///
    /// A call that is refused for its version has done nothing, so any call may be repeated.
    func withAgreedVersion<Value>(
        _ call: (APIVersion) async throws(EngineError) -> Value
    ) async throws(EngineError) -> Value {
        let version = try await apiVersion()
        do throws(EngineError) {
            return try await call(version)
        } catch {
            guard error.kind == .unsupportedVersion else { throw error }
            let fresh = try await ping().negotiated
            guard fresh != version else { throw error }
            return try await call(fresh)
        }
    }

    /// The daemon names its version in every answer: a new one means a new daemon.
    func note(_ head: ResponseHead) {
        guard let offer = head.fields["Api-Version"] else { return }
        agreement.withLock { agreement in
            guard let agreed = agreement, agreed.offer != offer,
                let offered = APIVersion(offer),
                let version = try? APIVersion.negotiated(with: offered)
            else { return }
            agreement = Agreement(offer: offer, version: version)
        }
    }
}
