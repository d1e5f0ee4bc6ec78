internal import Foundation
package import HTTPWire
package import Platform
internal import Synchronization

/// A real HTTP server on a unix socket of its own, in this process, that answers from a script.
///
/// It records what it was asked, and can answer as no honest server would.
package final class StubHTTPServer: Sendable {
    /// One thing the server does with a connection.
    package enum Step: Sendable {
        /// Sends these bytes as they are.
        case send([UInt8])

        /// Goes on once the gate is open.
        case wait(Gate)

        /// Keeps the connection open, saying nothing, until the client leaves or the server stops.
        case hold
    }

    /// What the server does with a request, before it hangs up.
    package typealias Answer = [Step]

    /// Where it listens.
    package let address: SocketAddress

    private struct State {
        var requests: [Request] = []
        var connections: [StreamSocket] = []
        var stopped = false
        var opened = 0
        var departed = 0
        var served = 0
    }

    private static let patience = Duration.seconds(20)

    private let folder: TemporaryDirectory
    private let listener: StreamListener
    private let answer: @Sendable (Request) -> Answer
    private let state = Mutex(State())
    private let work = DispatchGroup()

    /// Starts a server that answers every request with what `answer` makes of it.
    ///
    /// - Throws: whatever kept it from listening.
    package init(answer: @escaping @Sendable (Request) -> Answer) throws {
        folder = try TemporaryDirectory()
        address = .unix(path: folder.path + "/stub.sock")
        listener = try StreamListener(on: address)
        self.answer = answer
        DispatchQueue(label: "stub.accept").async(group: work) { [self] in acceptAll() }
    }

    /// What it was asked so far, in order.
    package var requests: [Request] {
        state.withLock { $0.requests }
    }

    /// How many connections it accepted.
    package var connectionCount: Int {
        state.withLock { $0.opened }
    }

    /// How many connections it is done with.
    package var servedCount: Int {
        state.withLock { $0.served }
    }

    /// How many clients left while it held their connection.
    package var departedCount: Int {
        state.withLock { $0.departed }
    }

    /// Hangs up on everybody and returns when no thread of the server is left.
    package func stop() {
        listener.shutdown()
        let connections = state.withLock { state in
            state.stopped = true
            return state.connections
        }
        for connection in connections { connection.shutdown() }
        work.wait()
    }

    private func acceptAll() {
        while let connection = try? listener.accept() {
            let stopped = state.withLock { state in
                state.connections.append(connection)
                state.opened += 1
                return state.stopped
            }
            if stopped { return }
            DispatchQueue(label: "stub.serve").async(group: work) { [self] in
                serve(connection)
                connection.shutdown()
                state.withLock { state in
                    state.served += 1
                    state.connections.removeAll { $0 === connection }
                }
            }
        }
    }

    private func serve(_ connection: StreamSocket) {
        let deadline = ContinuousClock.now + Self.patience
        guard let request = try? readRequest(connection, deadline) else { return }
        state.withLock { $0.requests.append(request) }
        for step in answer(request) {
            switch step {
            case .send(let bytes):
                guard (try? connection.write(bytes, until: deadline)) != nil else { return }
            case .wait(let gate):
                gate.wait()
            case .hold:
                if (try? connection.read(upTo: 1, until: deadline))?.isEmpty == true {
                    state.withLock { $0.departed += 1 }
                }
            }
        }
    }

    private func readRequest(
        _ connection: StreamSocket,
        _ deadline: ContinuousClock.Instant
    ) throws -> Request? {
        var received: [UInt8] = []
        while true {
            if let request = Self.request(in: received) { return request }
            let bytes = try connection.read(upTo: 64 * 1024, until: deadline)
            guard !bytes.isEmpty else { return nil }
            received += bytes
        }
    }

    /// Nil until the request is complete; its body has a length, as our clients write it.
    private static func request(in received: [UInt8]) -> Request? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var request = Request(method: words[0], target: words[1])
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            request.fields[String(halves[0])] = halves.last?.trimmingCharacters(in: .whitespaces)
        }
        request.body = Array(received[end.upperBound...])
        let length = request.fields["Content-Length"].flatMap { Int($0) } ?? 0
        return request.body.count < length ? nil : request
    }
}

extension [StubHTTPServer.Step] {
    /// A response with a length.
    package static func response(
        _ status: Int,
        fields: KeyValuePairs<String, String> = [:],
        _ body: String = ""
    ) -> Self {
        // A 204 and a 304 have no body, and so no length of one.
        let length = status == 204 || status == 304 ? [] : ["Content-Length: \(body.utf8.count)"]
        let lines = ["HTTP/1.1 \(status) "] + fields.map { "\($0): \($1)" } + length + ["", body]
        return [.send([UInt8](lines.joined(separator: "\r\n").utf8))]
    }

    /// A JSON response with a length.
    package static func json(_ body: String, status: Int = 200) -> Self {
        response(status, fields: ["Content-Type": "application/json"], body)
    }

    /// A JSON stream: the head at once, then one chunk for each string, without the end.
    package static func chunks(_ chunks: [String]) -> Self {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        return [.send([UInt8](head.utf8))] + chunks.flatMap { chunk($0) }
    }

    /// One more chunk of a JSON stream; nothing for no text, since a chunk of size 0 is the end.
    package static func chunk(_ text: String) -> Self {
        guard !text.isEmpty else { return [] }
        let size = String(text.utf8.count, radix: 16)
        return [.send([UInt8]("\(size)\r\n\(text)\r\n".utf8))]
    }

    /// The end of a chunked body.
    package static let end: Self = [.send([UInt8]("0\r\n\r\n".utf8))]
}
