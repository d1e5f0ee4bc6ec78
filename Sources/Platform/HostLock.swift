internal import Foundation

/// An exclusive lock on a name among all processes of a host, let go by the kernel when the process
/// ends, however it ends.
///
/// The name is that of a socket in the abstract namespace, unix(7): no file that could be left
/// behind or differ between state directories, and one for each network namespace, as the kernel's
/// packet rules are.
public final class HostLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or throws at once when another process holds it.
    ///
    /// `name` is at most 100 bytes long.
    public init(_ name: String) throws(HostLockError) {
        let socket = socket(AF_UNIX, Self.kind, 0)
        guard socket >= 0 else { throw .unusable(name: name, reason: Self.reason) }
        // Whoever is refused connects, and learns from the kernel who listens.
        let isHeld = Self.withAddress(name) { bind(socket, $0, $1) == 0 && listen(socket, 8) == 0 }
        guard isHeld else {
            let code = errno
            close(socket)
            guard code == EADDRINUSE else {
                throw .unusable(name: name, reason: String(cString: strerror(code)))
            }
            throw .held(name: name, owner: Self.owner(of: name))
        }
        descriptor = socket
    }

    deinit { close(descriptor) }

    /// The process that listens; nil where the kernel does not say.
    ///
    /// Nobody accepts, so the queue of those who ask fills up; asking must not wait for room in it.
    private static func owner(of name: String) -> Int32? {
        let socket = socket(AF_UNIX, kind | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        guard withAddress(name, { connect(socket, $0, $1) }) == 0 else { return nil }
        // `struct ucred`: process, user and group.
        var peer: [Int32] = [0, 0, 0]
        var size = socklen_t(MemoryLayout<Int32>.size * peer.count)
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer[0] > 0 else {
            return nil
        }
        return peer[0]
    }

    private static let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    private static var reason: String { String(cString: strerror(errno)) }

    /// An abstract name begins with a zero byte and ends with the address's length.
    private static func withAddress<Value>(
        _ name: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8.prefix(100))
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            UnsafeMutableRawBufferPointer(rebasing: path.dropFirst()).copyBytes(from: bytes)
        }
        let size = MemoryLayout<sa_family_t>.size + 1 + bytes.count
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }
}

/// Why a host's lock could not be taken.
public enum HostLockError: Error, Equatable, CustomStringConvertible {
    /// Another process holds it.
    case held(name: String, owner: Int32?)
    /// The kernel refused for another reason.
    case unusable(name: String, reason: String)

    /// What happened, and what to do next.
    public var description: String {
        switch self {
        case .held(let name, let owner):
            let who = owner.map { "process \($0)" } ?? "another process"
            return "\(who) on this host already has \(name); stop it first, and if it is no "
                + "berth, see what it is: any process of this host can hold the name (ss -xlp)"
        case .unusable(let name, let reason):
            return "cannot take the lock \(name) on this host: \(reason); see whether the "
                + "limits of open files and memory leave room (ulimit -a), then try again"
        }
    }
}
