import Glibc

/// Answers connections and datagrams until it is told to close.
final class Server: @unchecked Sendable {
    private let text: String
    private let resetsIdle: Bool
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Connections that are open, and whether each is in the middle of a request.
    private var open: [Int32: Bool] = [:]
    private var isClosing = false

    init(text: String, resetsIdle: Bool) {
        self.text = text
        self.resetsIdle = resetsIdle
        pthread_mutex_init(lock, nil)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    /// Answers datagrams for ever.
    func echo(_ socket: Int32) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var peer = sockaddr_storage()
        while true {
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                    guard recvfrom(socket, &buffer, buffer.count, 0, peer, &size) >= 0 else {
                        return
                    }
                    sendto(socket, text, text.utf8.count, 0, peer, size)
                }
            }
        }
    }

    /// Accepts connections for ever.
    func serve(_ listener: Int32) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            locked { open[connection] = false }
            Threads.start { [self] in answer(connection) }
        }
    }

    /// Returns when every request that came has its answer and idle callers had their second.
    func close() {
        locked { isClosing = true }
        for _ in 0..<100 where !resetsIdle && !locked({ open.isEmpty }) { usleep(10_000) }
        // Idle ones get the end of the stream; busy ones close with their answer.
        locked {
            for (connection, isBusy) in open where !isBusy {
                if resetsIdle {
                    var option = linger(l_onoff: 1, l_linger: 0)
                    let size = socklen_t(MemoryLayout<linger>.size)
                    setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, size)
                }
                shutdown(connection, Int32(SHUT_RD))
            }
        }
        while !locked({ open.isEmpty }) { usleep(10_000) }
    }

    private func answer(_ connection: Int32) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var goesOn = true
        while goesOn {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            locked { open[connection] = true }
            request += buffer.prefix(count)
            while goesOn, let head = Request(&request) {
                goesOn = head.isKept && !locked { isClosing }
                send(answerTo: head, on: connection, isKept: goesOn)
            }
            guard request.count < 64 << 10 else { break }
            locked { open[connection] = !request.isEmpty }
        }
        // What is closed with a reset must not say goodbye before.
        if !(resetsIdle && locked({ isClosing })) { shutdown(connection, Int32(SHUT_WR)) }
        locked { open[connection] = nil }
        Glibc.close(connection)
    }

    private func send(answerTo request: Request, on connection: Int32, isKept: Bool) {
        let seconds = request.path.hasPrefix("/download/") ? Int(request.path.dropFirst(10)) : nil
        let length = seconds == nil ? text.utf8.count : 1 << 20
        var answer =
            "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n"
            + "Connection: \(isKept ? "keep-alive" : "close")\r\n\r\n"
        guard let seconds else {
            answer += text
            write(Array(answer.utf8)[...], to: connection)
            return
        }
        write(Array(answer.utf8)[...], to: connection)
        let steps = max(1, min(seconds, 64))
        let body = [UInt8](repeating: UInt8(ascii: "."), count: length)
        for step in 0..<steps {
            if step > 0 { sleep(1) }
            write(body[length * step / steps..<length * (step + 1) / steps], to: connection)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to connection: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
