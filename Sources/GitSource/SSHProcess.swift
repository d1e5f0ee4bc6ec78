import Glibc
import Platform

/// A running `ssh` whose standard input and output are one socket of ours.
final class SSHProcess {
    private let attempt: NetworkAttempt
    private let socket: BoundedSocket
    private let errors: ErrorOutput
    private let keyFile: String?
    private var process: Subprocess?

    init(_ command: SSHCommand, attempt: NetworkAttempt) throws(GitFault) {
        self.attempt = attempt
        if case .sshKey(let file, _) = attempt.remote.credentials {
            keyFile = file
        } else {
            keyFile = nil
        }
        let complaints = try Self.pair()
        defer { close(complaints.theirs) }
        errors = ErrorOutput(owning: complaints.ours)
        let channel = try Self.pair()
        defer { close(channel.theirs) }
        socket = BoundedSocket(owning: channel.ours, attempt: attempt, errors: errors)
        process = try Self.spawn(command, channel: channel.theirs, errors: complaints.theirs)
    }

    deinit { end() }

    /// Reads what the remote's git sends; at the end of it a bad ending of `ssh` is thrown.
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

    /// Ends `ssh` if it has not ended, and reaps it; its exit status, nil if there is none.
    @discardableResult
    func end() -> Int32? {
        guard let process else { return nil }
        self.process = nil
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        // Its error output is closed when it is gone, or about to be.
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

    private static func spawn(
        _ command: SSHCommand,
        channel: Int32,
        errors: Int32
    ) throws(GitFault) -> Subprocess {
        // A group of its own: a Control-C on our terminal is ours to act on.
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let ssh = Command(
            command.program,
            command.arguments,
            environment: ["PATH": path, "LC_ALL": "C"]
        )
        do throws(CommandError) {
            return try ssh.start(input: channel, output: channel, error: errors)
        } catch {
            let reason =
                if case .notStarted(_, let reason) = error { reason } else {
                    String(cString: strerror(ENOENT))
                }
            throw GitFault(
                .unreachable,
                "\(command.program) cannot be run (\(reason)); install openssh-client"
            )
        }
    }
}
