import Glibc
import Printing
import Synchronization

/// What a child process writes to its standard error, as far as it is worth keeping.
final class ErrorOutput: Sendable {
    private let descriptor: Int32
    private let kept = Mutex<[UInt8]>([])

    /// `ssh -v` says some five thousand bytes about a connection; a server may say any number.
    private static let most = 64 << 10

    /// Takes over the reading end.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    var pollDescriptor: pollfd { pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) }

    /// The lines so far, fit for a log and a terminal.
    var lines: [String] {
        let bytes = kept.withLock { $0 }
        return bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { line in
            String(decoding: line, as: UTF8.self).onOneLine()
        }
    }

    /// Takes what is there without waiting; true when the other end is closed.
    @discardableResult
    func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return true }
            guard count > 0 else { return errno != EAGAIN && errno != EINTR }
            kept.withLock { kept in
                kept += buffer[..<min(count, Self.most - kept.count)]
            }
        }
    }

    /// Takes what comes until the other end is closed, at most for a time.
    func drain(for limit: Duration) {
        let end = ContinuousClock.now + limit
        while !drain(), ContinuousClock.now < end {
            var descriptors = [pollDescriptor]
            _ = poll(&descriptors, 1, 50)
        }
    }
}
