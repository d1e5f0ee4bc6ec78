internal import Glibc
internal import Synchronization

/// A program that runs until a test ends it, with its output in a file.
///
/// Foundation's `Process` waits until every descendant has closed an inherited socket, so it never
/// sees the end of a daemon whose children live on.
final class DaemonProcess: Sendable {
    let processID: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts `arguments`, the program's path first; what it prints is added to the file `log`.
    init(_ arguments: [String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        // A group of its own, so that an interrupt at the terminal does not end it before the test.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var processID: pid_t = 0
        let code = posix_spawn(&processID, arguments[0], &actions, &attributes, words, environ)
        guard code == 0 else {
            throw PrivateDocker.Failure("\(arguments[0]): \(String(cString: strerror(code)))")
        }
        self.processID = processID
    }

    var isRunning: Bool {
        status.withLock { status in
            if status != nil { return false }
            var code: Int32 = 0
            guard waitpid(processID, &code, WNOHANG) == processID else { return true }
            status = code
            return false
        }
    }

    /// Sends a signal and waits for the end, with SIGKILL if it takes longer than `patience`.
    func end(_ signal: Int32, patience: Duration) {
        let deadline = ContinuousClock.now + patience
        // Only while it runs, or is not waited for yet, does the number mean this process.
        if isRunning { kill(processID, signal) }
        while isRunning {
            if ContinuousClock.now > deadline { kill(processID, SIGKILL) }
            usleep(2000)
        }
    }
}
