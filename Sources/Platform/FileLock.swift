internal import Foundation

/// An exclusive lock on a file, held as long as the value lives and released by the kernel when the
/// process ends, however it ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// How often the lock is tried, and how long to wait in between, in microseconds.
    ///
    /// ``holder(path:)`` holds it for an instant, which is no reason not to start; a process that
    /// uses it holds it for longer than this second.
    private static let tries = 100
    private static let pause: UInt32 = 10_000

    /// Takes the lock, or throws when another process holds it for longer than a second.
    ///
    /// The file is created where it is missing and holds the owner's process id, for the message
    /// that the next one gets.
    /// Only its owner can open it, for any process that can read a file can lock it (flock(2)).
    package init(path: String) throws(FileLockError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        fchmod(descriptor, 0o600)
        var code = Self.take(descriptor)
        for _ in 1..<Self.tries where code == EWOULDBLOCK || code == EINTR {
            usleep(Self.pause)
            code = Self.take(descriptor)
        }
        guard code == 0 else {
            let owner = Self.owner(path)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .unusable(path: path, reason: String(cString: strerror(code)))
            }
            throw .held(path: path, owner: owner)
        }
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        pwrite(descriptor, text, text.count, 0)
    }

    deinit { close(descriptor) }

    /// 0, or the `errno`.
    private static func take(_ descriptor: Int32) -> Int32 {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
    }

    /// The process that holds the lock; nil where none does, or none has written its number.
    package static func holder(path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return owner(path)
    }

    private static func owner(_ path: String) -> Int32? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

package enum FileLockError: Error, Equatable, CustomStringConvertible {
    case held(path: String, owner: Int32?)
    case unusable(path: String, reason: String)

    package var description: String {
        switch self {
        case .held(let path, let owner):
            let who = owner.map { "process \($0)" } ?? "another process"
            return "\(who) holds \(path); stop it, or give this one a state directory of its own"
        case .unusable(let path, let reason):
            return "cannot use the lock \(path): \(reason); check the directory and its owner"
        }
    }
}
