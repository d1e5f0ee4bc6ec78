internal import Foundation
internal import Synchronization

/// Stands between a client and a server on unix sockets, hands every byte on, and remembers the
/// request lines of the HTTP that passes.
package final class RecordingProxy: Sendable {
    /// Where a request is when somebody may step in.
    package enum Moment: Sendable {
        /// It has come from the client, the server has not seen it.
        case request
        /// The server has begun to answer, the client has not seen that.
        case answer
    }

    /// Is told of each request line at both moments; false breaks the connection there.
    package typealias Gate = @Sendable (_ line: String, _ moment: Moment) -> Bool

    /// Where it listens.
    package let path: String

    private struct State {
        var requests: [String] = []
        var sockets: [Int32] = []
        var isStopped = false
    }

    private let target: String
    private let listener: Int32
    private let folder: TemporaryDirectory
    private let gate: Gate
    private let state = Mutex(State())

    /// Starts to hand on to the socket `target`; call ``stop()``, or its threads go on.
    package init(to target: String, gate: @escaping Gate = { _, _ in true }) throws {
        self.target = target
        self.gate = gate
        folder = try TemporaryDirectory()
        path = folder.path + "/proxy.sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(path, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// The request lines so far, as `GET /v1.41/info HTTP/1.1`, in the order of their arrival.
    package var requests: [String] { state.withLock(\.requests) }

    /// The requests that may change something.
    package var writes: [String] {
        requests.filter { !$0.hasPrefix("GET ") && !$0.hasPrefix("HEAD ") }
    }

    /// Ends every connection.
    package func stop() {
        let sockets = state.withLock { state in
            state.isStopped = true
            return state.sockets
        }
        for socket in sockets + [listener] { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let isOpen = Self.withAddress(target) { connect(server, $0, $1) } == 0
            guard isOpen, keep([client, server]) else {
                close(client)
                close(server)
                continue
            }
            let conversation = Conversation()
            Thread.detachNewThread { [self] in
                pump(client, server) { record($0, of: conversation) }
            }
            Thread.detachNewThread { [self] in
                pump(server, client) { _ in
                    conversation.takeLines().allSatisfy { gate($0, .answer) }
                }
            }
        }
        close(listener)
    }

    private func keep(_ sockets: [Int32]) -> Bool {
        state.withLock { state in
            state.sockets += sockets
            return !state.isStopped
        }
    }

    /// Sockets stay open until the test's process ends, so that no number means another one.
    private func pump(
        _ source: Int32,
        _ target: Int32,
        _ passes: (ArraySlice<UInt8>) -> Bool
    ) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            guard passes(buffer[..<count]) else {
                shutdown(source, Int32(SHUT_RDWR))
                break
            }
            var sent = 0
            while sent < count {
                let written = buffer.withUnsafeBytes { bytes in
                    send(
                        target,
                        bytes.baseAddress?.advanced(by: sent),
                        count - sent,
                        Int32(MSG_NOSIGNAL)
                    )
                }
                guard written > 0 else { break }
                sent += written
            }
            guard sent == count else { break }
        }
        shutdown(target, Int32(SHUT_WR))
    }

    /// Notes the request lines among the bytes; false when the gate closes at one of them.
    private func record(_ bytes: ArraySlice<UInt8>, of conversation: Conversation) -> Bool {
        let heads = conversation.lines(in: bytes)
        state.withLock { $0.requests += heads }
        guard heads.allSatisfy({ gate($0, .request) }) else { return false }
        conversation.ask(heads)
        return true
    }

    private static func withAddress(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// What is said on one connection.
private final class Conversation: Sendable {
    private struct State {
        /// Bytes of a line whose end has not come.
        var rest = ""
        /// Request lines whose answer has not begun.
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// The request lines that these bytes complete.
    func lines(in bytes: ArraySlice<UInt8>) -> [String] {
        state.withLock { state in
            state.rest += String(decoding: bytes, as: UTF8.self)
            var lines = state.rest.split(separator: "\r\n", omittingEmptySubsequences: false)
            state.rest = String(lines.removeLast())
            let requests = lines.filter { $0.hasSuffix(" HTTP/1.1") || $0.hasSuffix(" HTTP/1.0") }
            // A body has no line feed at its end: the next request line comes behind it.
            return requests.compactMap { line in
                line.firstMatch(of: /[A-Z]+ \/[^ ]* HTTP\/1\.[01]$/).map { String($0.0) }
            }
        }
    }

    /// Remembers requests until their answer begins.
    func ask(_ lines: [String]) { state.withLock { $0.asked += lines } }

    /// The requests whose answer begins now.
    func takeLines() -> [String] {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked
        }
    }
}
