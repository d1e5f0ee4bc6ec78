internal import Dispatch
internal import HTTPWire
internal import Synchronization

/// What the daemon reports from the moment when the stream was opened.
///
/// The connection is closed when the iterating task is cancelled, or with the last copy of the
/// stream. A consumer that falls more than a thousand elements behind loses the oldest.
package struct EngineStream<Element: Sendable>: AsyncSequence, Sendable {
    package typealias Failure = EngineError

    fileprivate let results: AsyncStream<Result<Element, EngineError>>

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var iterator: AsyncStream<Result<Element, EngineError>>.AsyncIterator

        package mutating func next() async throws(EngineError) -> Element? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(EngineError) -> Element? {
            try await iterator.next(isolation: actor)?.get()
        }
    }

    /// A stream has one consumer.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: results.makeAsyncIterator())
    }
}

extension EngineClient {
    /// Opens a stream of JSON lines; returns when the daemon has sent its head.
    func open<Element: Decodable & Sendable>(
        _ call: EngineCall
    ) async throws(EngineError) -> EngineStream<Element> {
        try await withNegotiatedVersion { version throws(EngineError) in
            try await self.open(call, version)
        }
    }

    private func open<Element: Decodable & Sendable>(
        _ call: EngineCall,
        _ version: APIVersion
    ) async throws(EngineError) -> EngineStream<Element> {
        guard openStreams.withLock({ $0 < Self.mostOpenStreams }) else {
            throw EngineError(
                .badParameter,
                call.operation,
                "\(Self.mostOpenStreams) streams are open; end some first"
            )
        }
        let exchange = Exchange()
        let (results, continuation) = AsyncStream.makeStream(
            of: Result<Element, EngineError>.self,
            bufferingPolicy: .bufferingNewest(1024)
        )
        continuation.onTermination = { _ in exchange.cancel() }
        let opening = await withTaskCancellationHandler {
            await withCheckedContinuation { opened in
                openStreams.withLock { $0 += 1 }
                DispatchQueue(label: "berth.engine.stream").async { [self] in
                    let reader = StreamReader(
                        call: call,
                        opened: { opened.resume(returning: $0) },
                        yield: { continuation.yield($0) }
                    )
                    listen(reader, version, exchange)
                    continuation.finish()
                    openStreams.withLock { $0 -= 1 }
                }
            }
        } onCancel: {
            exchange.cancel()
        }
        try opening.get()
        return EngineStream(results: results)
    }

    /// Carries out the exchange until the stream ends; blocks.
    private func listen<Element: Decodable & Sendable>(
        _ reader: consuming StreamReader<Element>,
        _ version: APIVersion,
        _ exchange: Exchange
    ) {
        let begin = ContinuousClock.now
        let deadlines = Exchange.Deadlines(
            connect: begin + timeouts.connect,
            head: begin + timeouts.read,
            body: nil,
            idle: nil
        )
        var reader = reader
        do throws(EngineError) {
            try exchange.perform(reader.call, version, at: address, deadlines: deadlines) {
                part throws(EngineError) in
                if case .head(let head) = part { recordVersion(in: head) }
                try reader.add(part)
            }
            try reader.finish()
        } catch {
            reader.fail(error)
        }
    }
}

/// Reports once whether the stream opened, and then its elements.
private struct StreamReader<Element: Decodable & Sendable> {
    let call: EngineCall
    private let opened: (Result<Void, EngineError>) -> Void
    private let yield: (Result<Element, EngineError>) -> Void
    private var collector: ResponseCollector
    private var lines = LineSplitter()
    private var isOpen = false

    init(
        call: EngineCall,
        opened: @escaping (Result<Void, EngineError>) -> Void,
        yield: @escaping (Result<Element, EngineError>) -> Void
    ) {
        self.call = call
        self.opened = opened
        self.yield = yield
        collector = ResponseCollector(call: call)
    }

    mutating func add(_ part: ResponseParser.Part) throws(EngineError) {
        guard case .body(let bytes) = part, isOpen else {
            try collector.add(part)
            if collector.isSuccess, !isOpen {
                isOpen = true
                opened(.success(()))
            }
            return
        }
        for line in try lines.add(bytes, call) { yield(.success(try call.decode(line))) }
    }

    mutating func finish() throws(EngineError) {
        _ = try collector.response()
        if let line = lines.finish() { yield(.success(try call.decode(line))) }
    }

    func fail(_ error: EngineError) {
        if isOpen { yield(.failure(error)) } else { opened(.failure(error)) }
    }
}
