internal import Cglibc
internal import Glibc

/// A started program, until it is reaped: the one place that calls posix_spawn(3).
package struct Subprocess: Sendable {
    /// Also the number of the process group that it leads.
    package let id: Int32

    /// How a program ended.
    package enum Ending: Equatable, Sendable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        /// The ending as the end of a sentence.
        package var description: String {
            switch self {
            case .status(let code): "ended with status \(code)"
            case .signal(let number): "was killed by signal \(number)"
            }
        }

        /// Decodes a wait status, as the macros of <sys/wait.h> do.
        init(waitStatus: Int32) {
            let signal = waitStatus & 0x7F
            self = signal == 0 ? .status(waitStatus >> 8 & 0xFF) : .signal(signal)
        }
    }

    struct SpawnFailure: Error {
        let code: CInt
    }

    /// Starts the program at `path` in a process group of its own, with default signal handling and
    /// `descriptors` as 0, 1 and 2; all others are closed.
    static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String]?,
        _ descriptors: [CInt]
    ) -> Result<Subprocess, SpawnFailure> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The low three numbers are the child's own; a descriptor there would be overwritten.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
        let failure = SpawnFailure(code: errno)
        defer { copies.filter { $0 >= 0 }.forEach { close($0) } }
        guard copies.allSatisfy({ $0 >= 0 }) else { return .failure(failure) }
        for (number, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, CInt(number))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, CInt(descriptors.count))

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var process: pid_t = 0
        let words = CStrings(arguments)
        let variables = CStrings((environment ?? [:]).map { "\($0.key)=\($0.value)" })
        let code = posix_spawn(
            &process,
            path,
            &actions,
            &attributes,
            words.pointers,
            environment == nil ? environ : variables.pointers
        )
        return code == 0
            ? .success(Subprocess(id: process)) : .failure(SpawnFailure(code: code))
    }

    /// Whether the program is gone; it is not reaped, so that its number stays its own.
    package var hasEnded: Bool {
        var information = siginfo_t()
        let flags = WEXITED | WNOHANG | WNOWAIT
        guard waitid(P_PID, id_t(id), &information, flags) == 0 else { return false }
        return information.si_signo == SIGCHLD
    }

    /// Waits until the program has ended.
    @discardableResult
    package func reap() -> Ending {
        var status: CInt = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        return Ending(waitStatus: status)
    }

    /// Kills the program and what it started, also when the program itself is gone.
    @discardableResult
    package func killAll() -> Ending {
        kill(-id, SIGKILL)
        return reap()
    }
}

/// A null-terminated array of C strings that lives as long as the value.
private struct CStrings: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[strings.count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
