import Foundation
import Synchronization

/// A program that runs beside the test until it is ended, at the latest with this value.
package final class ChildProcess: Sendable {
    private let processID: Mutex<pid_t>

    /// Starts a program, given by its path, without standard output.
    ///
    /// Without an environment it gets this process's own.
    package init(
        _ path: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        in folder: String? = nil
    ) throws {
        var command = [path] + arguments
        // posix_spawn_file_actions_addchdir_np is out of Swift's sight.
        if let folder { command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command }
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            (environment ?? ProcessInfo.processInfo.environment)
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        // Dispatch's threads block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var processID: pid_t = 0
        let code = posix_spawn(&processID, command[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        self.processID = Mutex(processID)
    }

    deinit { end() }

    /// Sends a signal and waits until the program has ended; does nothing the second time.
    package func end(_ signal: Int32 = 9) {
        let processID = processID.withLock { processID in
            defer { processID = 0 }
            return processID
        }
        guard processID > 0 else { return }
        kill(processID, signal)
        wait(for: processID)
    }

    /// Waits until the program has ended by itself and returns its exit status, 128 and the
    /// signal's number if it was killed.
    @discardableResult
    package func waitUntilEnded() -> Int32 {
        let processID = processID.withLock { processID in
            defer { processID = 0 }
            return processID
        }
        guard processID > 0 else { return -1 }
        return wait(for: processID)
    }

    @discardableResult
    private func wait(for processID: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
