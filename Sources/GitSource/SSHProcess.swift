import Clibgit2
import Glibc

/// A running `ssh` whose standard input and output are one socket of ours.
final class SSHProcess {
    private let attempt: NetworkAttempt
    private let socket: BoundedSocket
    private let errors: ErrorOutput
    private let keyFile: String?
    private var processID: pid_t?

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
        processID = try Self.spawn(command, channel: channel.theirs, errors: complaints.theirs)
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
        guard let processID else { return nil }
        self.processID = nil
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        // Its error output is closed when it is gone, or about to be.
        errors.drain(for: .milliseconds(500))
        kill(processID, SIGKILL)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
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
    ) throws(GitFault) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, channel, 0)
        posix_spawn_file_actions_adddup2(&actions, channel, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: a Control-C on our terminal is ours to act on.
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)

        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let words = [command.program] + command.arguments
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let variables = ["PATH=\(path)", "LC_ALL=C"]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var processID: pid_t = 0
        let code = posix_spawnp(
            &processID,
            command.program,
            &actions,
            &attributes,
            &arguments,
            &environment
        )
        guard code == 0 else {
            let reason = String(cString: strerror(code))
            throw GitFault(
                .unreachable,
                "\(command.program) cannot be run (\(reason)); install openssh-client"
            )
        }
        return processID
    }
}
