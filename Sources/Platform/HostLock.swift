internal import Foundation

/// An exclusive lock on a name among all processes of a host, released by the kernel when the
/// process ends, however it ends.
///
/// A file in a folder that only its owner can enter, so no other user can hold the lock.
/// The file's name begins with the number of the network namespace, as each namespace has packet
/// rules of its own: that, and not a state directory, is what two controllers must not share.
package final class HostLock: Sendable {
    /// Where the locks of a host are, for root; it is empty after a reboot (hier(7)).
    package static let folder = "/run/berth"

    private let lock: FileLock

    /// Takes the lock, or throws when another process holds it.
    package init(_ name: String, in folder: String = HostLock.folder) throws(HostLockError) {
        guard !name.contains("/"), !name.utf8.contains(0) else {
            throw .unusable(name: name, reason: "the name cannot be that of a file")
        }
        do throws(FileError) {
            try AtomicFile.createFolder(folder, mode: 0o700)
        } catch {
            throw .unusable(name: name, reason: "\(error)")
        }
        if let reason = Self.reasonAgainst(folder) { throw .unusable(name: name, reason: reason) }
        var namespace = stat()
        // The calling thread's, which may visit another than its process.
        guard stat("/proc/thread-self/ns/net", &namespace) == 0 else {
            throw .unusable(name: name, reason: String(cString: strerror(errno)))
        }
        do throws(FileLockError) {
            lock = try FileLock(path: "\(folder)/\(namespace.st_ino)-\(name).lock")
        } catch {
            switch error {
            case .held(_, let owner): throw .held(name: name, owner: owner)
            case .unusable(_, let reason): throw .unusable(name: name, reason: reason)
            }
        }
    }

    /// Why others could put something into the folder; nil if they cannot.
    private static func reasonAgainst(_ folder: String) -> String? {
        var status = stat()
        guard lstat(folder, &status) == 0 else { return String(cString: strerror(errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            return "\(folder) is not a folder of this user's own"
        }
        guard status.st_mode & 0o022 == 0 else {
            return "other users can write to \(folder) (chmod 700 \(folder))"
        }
        return nil
    }
}

package enum HostLockError: Error, Equatable, CustomStringConvertible {
    case held(name: String, owner: Int32?)
    case unusable(name: String, reason: String)

    package var description: String {
        switch self {
        case .held(let name, let owner):
            let who = owner.map { "process \($0)" } ?? "another process"
            return "\(who) on this host keeps \(name) already; stop it first"
        case .unusable(let name, let reason):
            return "cannot take the lock for \(name) in \(HostLock.folder): \(reason); run as "
                + "root, and see that the folder can be created and written"
        }
    }
}
