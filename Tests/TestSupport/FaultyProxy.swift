internal import Foundation
internal import Platform
internal import Synchronization

/// Stands between a client and a server on unix sockets, hands every byte on, and spoils the
/// exchanges that a test picks by their request line.
///
/// For clients that make one request a connection, as ours does.
package final class FaultyProxy: Sendable {
    /// What goes wrong with an exchange.
    package enum Fault: Sendable {
        /// The server does it; the client is told 500.
        case failAfter
        /// The server does it; the client hears nothing, and then the connection ends.
        case hangUpAfter
        /// The server hears of it once the gate is open.
        case hold(Gate)
    }

    /// Where it listens.
    package let path: String

    private struct State {
        var sockets: [StreamSocket] = []
        var spoiled: [String] = []
        var isStopped = false
    }

    private let target: SocketAddress
    private let folder: TemporaryDirectory
    private let listener: StreamListener
    private let fault: @Sendable (String) -> Fault?
    private let state = Mutex(State())

    /// Starts to hand on to the socket `target`; call ``stop()``, or its threads go on.
    ///
    /// `fault` is asked with each request line, `POST /v1.41/containers/create?name=… HTTP/1.1`.
    ///
    /// - Throws: what kept it from listening.
    package init(to target: String, fault: @escaping @Sendable (String) -> Fault?) throws {
        self.target = .unix(path: target)
        self.fault = fault
        folder = try TemporaryDirectory()
        path = folder.path + "/proxy.sock"
        listener = try StreamListener(on: .unix(path: path))
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// The request lines of the exchanges that were spoiled, in the order of their arrival.
    package var spoiled: [String] { state.withLock(\.spoiled) }

    /// Ends every connection.
    package func stop() {
        listener.shutdown()
        let sockets = state.withLock { state in
            state.isStopped = true
            return state.sockets
        }
        for socket in sockets { socket.shutdown() }
    }

    private func acceptAll() {
        while let client = try? listener.accept() {
            guard let server = try? StreamSocket.connect(to: target, until: .now + .seconds(5)),
                keep([client, server])
            else {
                client.shutdown()
                continue
            }
            Thread.detachNewThread { [self] in exchange(client, server) }
        }
    }

    private func keep(_ sockets: [StreamSocket]) -> Bool {
        state.withLock { state in
            state.sockets += sockets
            return !state.isStopped
        }
    }

    private func exchange(_ client: StreamSocket, _ server: StreamSocket) {
        defer {
            client.shutdown()
            server.shutdown()
            state.withLock { state in
                state.sockets.removeAll { $0 === client || $0 === server }
            }
        }
        guard let (head, line) = try? requestLine(from: client) else { return }
        let fault = fault(line)
        if fault != nil { state.withLock { $0.spoiled.append(line) } }
        if case .hold(let gate) = fault { gate.wait() }
        guard (try? server.write(head, until: nil)) != nil else { return }
        Thread.detachNewThread { Self.pump(client, server) }
        switch fault {
        case nil, .hold:
            Self.pump(server, client)
        case .hangUpAfter:
            Self.pump(server, nil)
        case .failAfter:
            Self.pump(server, nil)
            let body = "{\"message\":\"the proxy lost the answer\"}"
            let answer =
                "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
            try? client.write(Array(answer.utf8), until: nil)
        }
    }

    /// Reads until the first line is complete; returns everything read, and the line.
    private func requestLine(from client: StreamSocket) throws -> ([UInt8], String)? {
        var bytes: [UInt8] = []
        while bytes.count < 64 << 10 {
            let more = try client.read(upTo: 64 << 10, until: .now + .seconds(30))
            guard !more.isEmpty else { return nil }
            bytes += more
            if let end = bytes.firstIndex(of: UInt8(ascii: "\r")) {
                return (bytes, String(decoding: bytes[..<end], as: UTF8.self))
            }
        }
        return nil
    }

    /// Hands on until the end; without a target the bytes are lost.
    private static func pump(_ source: StreamSocket, _ target: StreamSocket?) {
        while let bytes = try? source.read(upTo: 64 << 10, until: nil), !bytes.isEmpty {
            guard let target else { continue }
            guard (try? target.write(bytes, until: nil)) != nil else { break }
        }
        target?.endWriting()
    }
}
