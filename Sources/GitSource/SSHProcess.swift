import Glibc
import Platform
import Printing

/// A running `ssh` whose standard input and output are one socket of ours.
final class SSHProcess {
    private let socket: BoundedSocket
    private let errors: ErrorOutput
    private let keyFile: String
    private var process: Subprocess?

    init(
        _ address: SSHAddress,
        keyFile: String,
        knownHosts: String,
        attempt: NetworkAttempt
    ) throws(GitFault) {
        self.keyFile = keyFile
        let complaints = try Self.pair()
        defer { close(complaints.theirs) }
        errors = ErrorOutput(owning: complaints.ours)
        let channel = try Self.pair()
        defer { close(channel.theirs) }
        socket = BoundedSocket(owning: channel.ours, attempt: attempt, errors: errors)
        let command = Command(
            "ssh",
            try SSHCommand(
                address,
                keyFile: keyFile,
                knownHosts: knownHosts,
                timeouts: attempt.timeouts
            ).arguments,
            environment: [
                "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin",
                "LC_ALL": "C",
            ],
            remedy: "Install openssh-client."
        )
        do throws(CommandError) {
            process = try command.start(
                input: channel.theirs,
                output: channel.theirs,
                error: complaints.theirs
            )
        } catch {
            throw GitFault(.unreachable, "\(error)")
        }
    }

    deinit { end() }

    /// Reads what the remote's git sends; at its end, throws if `ssh` failed.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GitFault) -> Int {
        let count = try socket.read(into: buffer)
        if count == 0 { try diagnose() }
        return count
    }

    /// Writes all of it.
    func write(_ bytes: UnsafeRawBufferPointer) throws(GitFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(GitFault) {
                let count = try socket.write(UnsafeRawBufferPointer(rebasing: rest))
                rest = rest.dropFirst(count)
            } catch {
                // If the other end has closed, `ssh` knows better why.
                if error.problem == .unreachable { try diagnose() }
                throw error
            }
        }
    }

    private func diagnose() throws(GitFault) {
        guard let status = end(), status != 0 else { return }
        throw SSHDiagnosis(lines: errors.lines, status: status, keyFile: keyFile).fault
    }

    /// Ends `ssh` if it still runs, and reaps it; its exit status, nil if a signal ended it.
    @discardableResult
    private func end() -> Int32? {
        guard let process else { return nil }
        self.process = nil
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        // Its error output is closed when it has ended, or is about to.
        errors.drain(for: .milliseconds(500))
        let ending = process.killAll()
        return if case .status(let status) = ending { status } else { nil }
    }

    private static func pair() throws(GitFault) -> (ours: Int32, theirs: Int32) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw .system(.unreachable, "socketpair")
        }
        return (ends[0], ends[1])
    }
}

/// What a child process writes to its standard error, the first 64 KiB.
final class ErrorOutput {
    private let descriptor: Int32
    private var kept: [UInt8] = []

    /// `ssh -v` writes about five thousand bytes for a connection; a server may send any number.
    private static let limit = 64 << 10

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    var pollDescriptor: pollfd { pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) }

    /// The lines so far, without control characters.
    var lines: [String] {
        kept.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { line in
            String(decoding: line, as: UTF8.self).onOneLine()
        }
    }

    /// Reads what has come, without waiting; true when the other end is closed.
    @discardableResult
    func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return true }
            guard count > 0 else { return errno != EAGAIN && errno != EINTR }
            kept += buffer[..<min(count, Self.limit - kept.count)]
        }
    }

    /// Reads until the other end is closed, or the time has passed.
    func drain(for limit: Duration) {
        let end = ContinuousClock.now + limit
        while !drain(), ContinuousClock.now < end {
            var descriptors = [pollDescriptor]
            _ = poll(&descriptors, 1, 50)
        }
    }
}
