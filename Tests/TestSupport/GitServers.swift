import Foundation
import Platform
import Synchronization

/// Publishes the repositories of a folder over smart HTTP, with git's own `git http-backend`.
package final class HTTPGitServer: Sendable {
    /// What it answers to every request, for tests of bad days.
    package enum Mood: Sendable {
        /// As a git server should.
        case well
        /// With this status and an empty body.
        case status(Int)
        /// With the head of an answer and then nothing.
        case stuck
        /// With a redirect to this URL, to which the path is added.
        case redirect(String)
        /// With a redirect on the same server where a path begins so, and well elsewhere.
        case redirectPath(from: String, to: String)
        /// Like `redirect`, but only for a caller that has shown the token.
        case redirectAfterLogin(String)
    }

    /// `http://127.0.0.1:<port>`, to which `/<folder of the repository>` is added.
    package let url: String
    private let root: String
    private let token: String?
    private let listener: LoopbackListener
    private let state: Mutex<State>
    private let accepting = DispatchQueue(label: "test.http.accept")
    private let serving = DispatchQueue(label: "test.http.serve", attributes: .concurrent)
    private let group = DispatchGroup()

    private struct State {
        var mood = Mood.well
        var requests: [String] = []
        var passwords: [String] = []
        var connections: Set<Int32> = []
        var isStopped = false
    }

    /// Starts to serve what lies under `root`; with a token, only to who sends it as password.
    package static func start(root: String, token: String? = nil) async throws -> HTTPGitServer {
        let server = try HTTPGitServer(root: root, token: token)
        server.accepting.async(group: server.group) { server.acceptAll() }
        return server
    }

    private init(root: String, token: String?) throws {
        self.root = root
        self.token = token
        listener = try LoopbackListener()
        url = "http://127.0.0.1:\(listener.port)"
        state = Mutex(State())
    }

    /// The request lines so far, "GET /fleet/info/refs?service=git-upload-pack" and the like.
    package var requests: [String] { state.withLock { $0.requests } }

    /// The passwords that it was shown so far.
    package var passwords: [String] { state.withLock { $0.passwords } }

    /// Changes how requests are answered from now on.
    package func become(_ mood: Mood) { state.withLock { $0.mood = mood } }

    /// Closes everything and waits until nothing runs any more.
    package func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        listener.stop()
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
        group.wait()
    }

    private func acceptAll() {
        while true {
            let connection = listener.accept()
            guard connection >= 0 else { return }
            let isStopped = state.withLock { state in
                state.connections.insert(connection)
                return state.isStopped
            }
            guard !isStopped else { return finish(connection) }
            serving.async(group: group) { [self] in
                serve(connection)
                finish(connection)
            }
        }
    }

    private func finish(_ connection: Int32) {
        _ = state.withLock { $0.connections.remove(connection) }
        close(connection)
    }

    private func serve(_ connection: Int32) {
        guard let request = HTTPGitRequest(from: connection) else { return }
        let mood = state.withLock { state in
            state.requests.append("\(request.method) \(request.target)")
            state.passwords += [request.password].compactMap(\.self)
            return state.mood
        }
        switch mood {
        case .well: send(answer(request), to: connection)
        case .status(let code): send(Self.head("\(code) Bad Day"), to: connection)
        case .redirectPath(let old, let new) where request.target.hasPrefix(old):
            let path = new + request.target.dropFirst(old.count)
            send(Self.head("301 Moved", "Location: \(url)\(path)"), to: connection)
        case .redirectPath: send(answer(request), to: connection)
        case .redirectAfterLogin where request.password != token:
            send(answer(request), to: connection)
        case .redirect(let base), .redirectAfterLogin(let base):
            send(Self.head("301 Moved", "Location: \(base)\(request.target)"), to: connection)
        case .stuck:
            let type = "Content-Type: application/x-git-upload-pack-advertisement"
            send(
                Array("HTTP/1.1 200 OK\r\n\(type)\r\nContent-Length: 9999\r\n\r\n".utf8),
                to: connection
            )
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
    }

    private func answer(_ request: HTTPGitRequest) -> [UInt8] {
        if let token, request.password != token {
            return Self.head("401 Unauthorized", "WWW-Authenticate: Basic realm=\"git\"")
        }
        let halves = request.target.split(separator: "?", maxSplits: 1)
        let environment = [
            "PATH": "/usr/bin:/bin", "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "REQUEST_METHOD": request.method, "PATH_INFO": String(halves[0]),
            "QUERY_STRING": halves.count > 1 ? String(halves[1]) : "",
            "CONTENT_TYPE": request.headers["content-type"] ?? "",
            "CONTENT_LENGTH": String(request.body.count),
            "HTTP_CONTENT_ENCODING": request.headers["content-encoding"] ?? "",
            "REMOTE_ADDR": "127.0.0.1",
        ]
        let command = Command(
            "git",
            ["http-backend"],
            environment: environment,
            input: request.body,
            outputLimit: 256 << 20
        )
        guard let output = try? command.runBlocking().standardOutput,
            let end = output.firstRange(of: Array("\r\n\r\n".utf8))
        else { return Self.head("500 Internal Server Error") }
        // RFC 3875 §6.3.3: a CGI program says its status in a header.
        let headers = String(decoding: output[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        let status = headers.first { $0.hasPrefix("Status: ") }.map { String($0.dropFirst(8)) }
        let body = output[end.upperBound...]
        let rest = headers.filter { !$0.hasPrefix("Status: ") }.joined(separator: "\r\n")
        let head = "HTTP/1.1 \(status ?? "200 OK")\r\n\(rest)\r\nContent-Length: \(body.count)\r\n"
        return Array("\(head)Connection: close\r\n\r\n".utf8) + body
    }

    private static func head(_ status: String, _ header: String = "X-Test: yes") -> [UInt8] {
        Array(
            "HTTP/1.1 \(status)\r\n\(header)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8
        )
    }

    private func send(_ bytes: [UInt8], to connection: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// As much of HTTP/1.1 as git's client speaks.
private struct HTTPGitRequest {
    let method: String
    let target: String
    let headers: [String: String]
    let body: [UInt8]

    init?(from connection: Int32) {
        var bytes: [UInt8] = []
        let blank = Array("\r\n\r\n".utf8)
        while bytes.firstRange(of: blank) == nil {
            guard bytes.count < 64 << 10, Self.receive(connection, &bytes) else { return nil }
        }
        guard let end = bytes.firstRange(of: blank) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(
            separator: "\r\n"
        )
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        method = String(words[0])
        target = String(words[1])
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
        }
        headers = Dictionary(pairs) { $1 }
        var rest = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" {
            guard let body = Self.chunks(&rest, connection) else { return nil }
            self.body = body
        } else {
            let length = headers["content-length"].flatMap { Int($0) } ?? 0
            while rest.count < length {
                guard Self.receive(connection, &rest) else { return nil }
            }
            body = rest
        }
    }

    /// The password of Basic authentication (RFC 7617).
    var password: String? {
        guard let value = headers["authorization"], value.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(value.dropFirst(6)))
        else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) }
    }

    private static func chunks(_ rest: inout [UInt8], _ connection: Int32) -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            while rest.firstRange(of: [13, 10]) == nil {
                guard receive(connection, &rest) else { return nil }
            }
            guard let line = rest.firstRange(of: [13, 10]),
                let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
            else { return nil }
            rest.removeFirst(line.upperBound)
            while rest.count < size + 2 {
                guard receive(connection, &rest) else { return nil }
            }
            body += rest[..<size]
            rest.removeFirst(size + 2)
            if size == 0 { return body }
        }
    }

    private static func receive(_ connection: Int32, _ bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        return true
    }
}
