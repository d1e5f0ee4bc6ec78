import Foundation
import Glibc

/// The right to write to a mirror; ends with the value, or with the process.
struct MirrorLock: ~Copyable {
    private let descriptor: Int32

    /// Makes the directory if there is none, and waits until no other process writes in it.
    init(in directory: String, attempt: NetworkAttempt) throws(GitFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw GitFault(.storage, "\(directory): \(error.localizedDescription)")
        }
        let path = "\(directory)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(.storage, path) }
        do throws(GitFault) {
            try Self.wait(for: descriptor, path, attempt)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func wait(
        for descriptor: Int32,
        _ path: String,
        _ attempt: NetworkAttempt
    ) throws(GitFault) {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw .system(.storage, path) }
            do throws(GitFault) {
                try attempt.checkTime()
            } catch {
                guard error.problem == .timedOut else { throw error }
                throw GitFault(.busy, "another process holds \(path)")
            }
            // flock has no time limit of its own.
            usleep(50_000)
        }
    }
}
