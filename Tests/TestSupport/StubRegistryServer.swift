import Foundation
import Glibc
import Synchronization

/// The HTTP/1.1 side of ``StubRegistry``: a loopback port, a thread for each connection.
final class LoopbackServer: Sendable {
    typealias Handler = @Sendable (StubRegistry.Request) -> StubRegistry.Response

    let port: UInt16
    private let listener: Int32
    private let connections = Mutex((open: Set<Int32>(), count: 0, stopped: false))

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                descriptor >= 0 && bind(descriptor, pointer, length) == 0
                    && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    var connectionCount: Int { connections.withLock { $0.count } }

    func start(_ handler: @escaping Handler) {
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                let stopped = connections.withLock { connections in
                    connections.open.insert(connection)
                    connections.count += 1
                    return connections.stopped
                }
                if stopped { shutdown(connection, Int32(SHUT_RDWR)) }
                Thread.detachNewThread { [self] in
                    serve(connection, handler)
                    connections.withLock { _ = $0.open.remove(connection) }
                    close(connection)
                }
            }
            close(listener)
        }
    }

    func stop() {
        connections.withLock { connections in
            connections.stopped = true
            for connection in connections.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ connection: Int32, _ handler: Handler) {
        var received = Data()
        while let request = Self.read(connection, &received) {
            let response = handler(request)
            guard Self.write(response, to: request, connection) else { return }
        }
    }

    private static func read(_ connection: Int32, _ received: inout Data) -> StubRegistry.Request? {
        let separator = Data("\r\n\r\n".utf8)
        while received.range(of: separator) == nil {
            guard let more = more(connection) else { return nil }
            received += more
            // A TLS client's greeting, for instance, has no end to wait for.
            guard received.first.map({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) == true else {
                _ = write(Data("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), connection)
                return nil
            }
        }
        guard let end = received.range(of: separator) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard halves.count == 2 else { return nil }
            fields[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
        }
        received = Data(received[end.upperBound...])
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        while received.count < length {
            guard let more = more(connection) else { return nil }
            received += more
        }
        let body = received.prefix(length)
        received = Data(received.dropFirst(length))
        let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
        return StubRegistry.Request(
            method: words[0],
            path: target[0],
            query: target.count > 1 ? query(target[1]) : [:],
            fields: fields,
            body: Data(body)
        )
    }

    /// The fields of a query or of a form.
    static func query(_ text: String) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1).map { half in
                half.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
            fields[halves[0], default: []].append(halves.count > 1 ? halves[1] : "")
        }
        return fields
    }

    private static func more(_ connection: Int32) -> Data? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer.prefix(count)) : nil
    }

    /// False if the connection is over.
    private static func write(
        _ response: StubRegistry.Response,
        to request: StubRegistry.Request,
        _ connection: Int32
    ) -> Bool {
        var head = "HTTP/1.1 \(response.status) Stub\r\nContent-Length: \(response.body.count)\r\n"
        for (name, value) in response.fields { head += "\(name): \(value)\r\n" }
        var bytes = Data((head + "\r\n").utf8)
        if request.method != "HEAD" {
            bytes += response.body.prefix(response.cutAfter ?? response.body.count)
        }
        guard write(bytes, connection) else { return false }
        guard response.cutAfter == nil else {
            shutdown(connection, Int32(SHUT_RDWR))
            return false
        }
        return true
    }

    private static func write(_ bytes: Data, _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
