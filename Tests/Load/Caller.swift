internal import Addresses
internal import Foundation

/// Why a request brought no whole `200` answer.
struct CallFailure: Error {
    let reason: String

    init(reason: String) { self.reason = reason }

    /// A system call's failure, by `errno`.
    init(_ call: String) { reason = "\(call): \(String(cString: strerror(errno)))" }
}

/// Somebody who asks for the same thing again and again.
struct Caller: ~Copyable {
    private let target: Target
    private let timeout: Duration
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// The connection that is kept; negative for none.
    private var kept: Int32 = -1

    /// `timeout` bounds each connect, each write and each read.
    init(_ target: Target, timeout: Duration) {
        self.target = target
        self.timeout = timeout
    }

    deinit { if kept >= 0 { close(kept) } }

    /// Asks once; the first line of the answer's body, or why there is none.
    mutating func call() -> Result<String, CallFailure> {
        do throws(CallFailure) {
            switch target.connections {
            case .new: return .success(try callOnce())
            case .kept: return .success(try callAgain())
            }
        } catch {
            return .failure(error)
        }
    }

    /// Waits, and closes a kept connection as soon as its server ends it, which frees its port.
    mutating func rest(_ pause: Duration) {
        guard kept >= 0 else {
            usleep(useconds_t(pause / .microseconds(1)))
            return
        }
        var watched = pollfd(fd: kept, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, Int32(pause / .milliseconds(1))) > 0 else { return }
        close(kept)
        kept = -1
    }

    private mutating func callOnce() throws(CallFailure) -> String {
        let socket = try connect()
        defer { close(socket) }
        try send("GET \(target.path) HTTP/1.0\r\nHost: lab\r\n\r\n", on: socket)
        var answer = Answer()
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count == 0 { break }
            guard count > 0 else { throw CallFailure("receive") }
            answer.take(buffer[..<count])
        }
        // Both ends forget the connection at once: no port of a busy client waits in TIME_WAIT.
        SocketCalls.resetOnClose(socket)
        return try answer.firstLine()
    }

    private mutating func callAgain() throws(CallFailure) -> String {
        if kept < 0 { kept = try connect() }
        var closes = true
        defer {
            if closes {
                close(kept)
                kept = -1
            }
        }
        try send("GET \(target.path) HTTP/1.1\r\nHost: lab\r\n\r\n", on: kept)
        var answer = Answer()
        while !answer.isComplete {
            let count = recv(kept, &buffer, buffer.count, 0)
            guard count >= 0 else { throw CallFailure("receive") }
            guard count > 0 else { throw CallFailure(reason: "closed before the answer") }
            answer.take(buffer[..<count])
        }
        closes = answer.closes
        return try answer.firstLine()
    }

    private func connect() throws(CallFailure) -> Int32 {
        let address = try address()
        let socket = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw CallFailure("socket") }
        SocketCalls.setTimeout(socket, timeout)
        guard SocketCalls.connect(socket, address, target.port) else {
            let failure = CallFailure("connect")
            close(socket)
            throw failure
        }
        return socket
    }

    private func send(_ request: String, on socket: Int32) throws(CallFailure) {
        let count = Foundation.send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL))
        guard count == request.utf8.count else { throw CallFailure("send") }
    }

    private func address() throws(CallFailure) -> IPAddress {
        switch target.host {
        case .address(let address): return .four(address)
        case .address6(let address): return .six(address)
        case .name(let name, let file):
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") {
                let words = line.split { $0 == " " || $0 == "\t" }
                if words.dropFirst().contains(Substring(name)), let address = IPv4Address(words[0])
                {
                    return .four(address)
                }
            }
            throw CallFailure(reason: "\(name) is not in the hosts file")
        case .resolved(let name):
            guard let address = SocketCalls.resolve(name) else {
                throw CallFailure(reason: "\(name) is not resolved")
            }
            return .four(address)
        }
    }
}

extension IPAddress {
    /// The family's number, as <sys/socket.h> has it.
    fileprivate var family: Int32 {
        switch self {
        case .four: AF_INET
        case .six: AF_INET6
        }
    }
}

/// An HTTP answer as it comes in; of a long body only the length is kept.
private struct Answer {
    private var head: [UInt8] = []
    private var bodyStart: Int?
    private var length = 0
    private var contentLength: Int?
    /// Whether the server closes the connection after it.
    private(set) var closes = false

    /// Whether all of it is there, as far as it says how long it is.
    var isComplete: Bool {
        guard let bodyStart, let contentLength else { return false }
        return length - bodyStart >= contentLength
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) {
        length += bytes.count
        guard head.count < 4096 else { return }
        head += bytes.prefix(4096 - head.count)
        guard bodyStart == nil else { return }
        let text = String(decoding: head, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return }
        bodyStart = text[..<end.upperBound].utf8.count
        for line in text[..<end.lowerBound].split(separator: "\r\n").dropFirst() {
            let parts = line.lowercased().split(separator: ":", maxSplits: 1)
            let value = parts.last?.trimmingCharacters(in: .whitespaces) ?? ""
            switch parts.first {
            case "content-length": contentLength = Int(value)
            case "connection": closes = value == "close"
            default: break
            }
        }
    }

    /// The first line of the body of a whole `200` answer.
    func firstLine() throws(CallFailure) -> String {
        let text = String(decoding: head, as: UTF8.self)
        guard length > 0 else { throw CallFailure(reason: "closed without an answer") }
        guard text.hasPrefix("HTTP/1."), text.dropFirst(9).hasPrefix("200") else {
            throw CallFailure(reason: "answer: \(text.prefix(40).debugDescription)")
        }
        guard contentLength == nil || isComplete else {
            throw CallFailure(reason: "closed in the middle of the answer")
        }
        let body = bodyStart.map { head[$0...] } ?? []
        return String(decoding: body.prefix { $0 != 10 && $0 != 13 }.prefix(64), as: UTF8.self)
    }
}
