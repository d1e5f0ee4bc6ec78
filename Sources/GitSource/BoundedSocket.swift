import Glibc

/// A connected TCP socket or end of a pair; an attempt bounds every wait.
struct BoundedSocket: ~Copyable {
    let descriptor: Int32
    let attempt: NetworkAttempt
    /// The other end's error output, if it is a program; read while waiting, so that none blocks.
    let errors: ErrorOutput?

    init(owning descriptor: Int32, attempt: NetworkAttempt, errors: ErrorOutput? = nil) {
        self.descriptor = descriptor
        self.attempt = attempt
        self.errors = errors
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Reads at least a byte; 0 means that the other end has closed.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(GitFault) -> Int {
        while true {
            try wait(for: POLLIN)
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 {
                try attempt.count(count)
                return count
            }
            guard [EAGAIN, EINTR].contains(errno) else { throw .system(.unreachable, "receiving") }
        }
    }

    /// Writes at least one of the bytes.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(GitFault) -> Int {
        guard !bytes.isEmpty else { return 0 }
        while true {
            try wait(for: POLLOUT)
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count > 0 { return count }
            guard [EAGAIN, EINTR].contains(errno) else { throw .system(.unreachable, "sending") }
        }
    }

    private borrowing func wait(for events: Int32) throws(GitFault) {
        while true {
            var descriptors = [pollfd(fd: descriptor, events: Int16(events), revents: 0)]
            if let errors { descriptors.append(errors.pollDescriptor) }
            try attempt.wait(for: &descriptors, idle: attempt.timeouts.idle)
            if descriptors.count > 1, descriptors[1].revents != 0 { errors?.drain() }
            if descriptors[0].revents != 0 { return }
        }
    }
}
