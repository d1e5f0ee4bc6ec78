import Clibgit2
import Glibc

/// The socket under libgit2's http and https; libgit2's own has no time limits.
///
/// TLS stays libgit2's; it asks this stream for bytes like any other.
final class TCPStream {
    private let host: String
    private let port: String
    private let attempt: NetworkAttempt
    private var socket: BoundedSocket?
    /// Whether libgit2 now speaks TLS over this socket.
    private var isEncrypted = false

    private init(host: String, port: String, attempt: NetworkAttempt) {
        self.host = host
        self.port = port
        self.attempt = attempt
    }

    private func connect() throws(GitFault) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // The resolver has limits of its own (resolv.conf(5): timeout, attempts).
        let status = getaddrinfo(host, port, &hints, &list)
        guard status == 0 else {
            throw GitFault(.unreachable, "\(host): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(list) }
        var fault = GitFault(.unreachable, "\(host): no address")
        var next = list
        while let address = next?.pointee {
            do throws(GitFault) {
                socket = try connect(to: address)
                return
            } catch {
                try attempt.checkTime()
                fault = GitFault(error.problem, "\(host) port \(port): \(error.detail)")
            }
            next = address.ai_next
        }
        throw fault
    }

    private func connect(to address: addrinfo) throws(GitFault) -> BoundedSocket {
        let type = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(address.ai_family, type, address.ai_protocol)
        guard descriptor >= 0 else { throw .system(.unreachable, "socket") }
        let socket = BoundedSocket(owning: descriptor, attempt: attempt)
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { throw .system(.unreachable, "connecting") }
            var waiting = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
            try attempt.wait(for: &waiting, idle: attempt.timeouts.connect)
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else {
                throw GitFault(.unreachable, "connecting: \(String(cString: strerror(code)))")
            }
        }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        return socket
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) throws(GitFault) -> Int {
        guard socket != nil else { throw GitFault(.unreachable, "the connection is closed") }
        return try socket?.read(into: buffer) ?? 0
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(GitFault) -> Int {
        guard socket != nil else { throw GitFault(.unreachable, "the connection is closed") }
        if !isEncrypted, let origin = WebOrigin(asking: bytes, over: host, port: port) {
            try attempt.ask(origin)
            isEncrypted = origin.isEncrypted
        }
        return try socket?.write(bytes) ?? 0
    }
}

// MARK: The C side

extension TCPStream {
    /// Replaces libgit2's stream, for the whole process.
    static func register() throws(GitFault) {
        var registration = git_stream_registration()
        registration.version = GIT_STREAM_VERSION
        registration.`init` = { out, host, port in TCPStream.make(out, host, port) }
        try check { git_stream_register(GIT_STREAM_STANDARD, &registration) }
    }

    private static func make(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?,
        _ host: UnsafePointer<CChar>?,
        _ port: UnsafePointer<CChar>?
    ) -> Int32 {
        guard let out, let host, let port, let attempt = NetworkAttempt.current else { return -1 }
        let stream = TCPStream(
            host: String(cString: host),
            port: String(cString: port),
            attempt: attempt
        )
        let memory = UnsafeMutablePointer<berth_stream>.allocate(capacity: 1)
        memory.initialize(to: berth_stream())
        memory.pointee.owner = Unmanaged.passRetained(stream).toOpaque()
        memory.pointee.parent.version = GIT_STREAM_VERSION
        memory.pointee.parent.connect = { raw in
            TCPStream.answer(raw) { stream throws(GitFault) in
                try stream.connect()
                return 0
            } == 0 ? 0 : -1
        }
        memory.pointee.parent.read = { raw, data, size in
            let buffer = UnsafeMutableRawBufferPointer(start: data, count: size)
            return TCPStream.answer(raw) { stream throws(GitFault) in try stream.read(into: buffer)
            }
        }
        memory.pointee.parent.write = { raw, data, size, _ in
            let bytes = UnsafeRawBufferPointer(start: data, count: size)
            return TCPStream.answer(raw) { stream throws(GitFault) in try stream.write(bytes) }
        }
        memory.pointee.parent.close = { raw in
            TCPStream.of(raw)?.socket = nil
            return 0
        }
        memory.pointee.parent.free = { raw in TCPStream.release(raw) }
        out.pointee = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: git_stream.self)
        return 0
    }

    private static func of(_ stream: UnsafeMutablePointer<git_stream>?) -> TCPStream? {
        guard let owner = memory(stream)?.pointee.owner else { return nil }
        return Unmanaged<TCPStream>.fromOpaque(owner).takeUnretainedValue()
    }

    private static func answer(
        _ raw: UnsafeMutablePointer<git_stream>?,
        _ body: (TCPStream) throws(GitFault) -> Int
    ) -> Int {
        guard let stream = of(raw) else { return -1 }
        return stream.attempt.answer { () throws(GitFault) in try body(stream) }
    }

    private static func release(_ stream: UnsafeMutablePointer<git_stream>?) {
        guard let memory = memory(stream) else { return }
        if let owner = memory.pointee.owner { Unmanaged<TCPStream>.fromOpaque(owner).release() }
        memory.deallocate()
    }

    /// `git_stream` is the first member of `berth_stream`.
    private static func memory(
        _ stream: UnsafeMutablePointer<git_stream>?
    ) -> UnsafeMutablePointer<berth_stream>? {
        UnsafeMutableRawPointer(stream)?.assumingMemoryBound(to: berth_stream.self)
    }
}
