internal import Cglibc
internal import Glibc

/// A network namespace of this host other than the process's own.
///
/// A socket belongs for ever to the namespace it was created in, and a started program inherits the
/// namespace of the thread that starts it, so work "in" a namespace is a short visit of one thread.
package struct NetworkNamespace: Hashable, Sendable {
    /// The file that stands for the namespace, such as `/run/netns/lab` or `/proc/1/ns/net`.
    package let path: String

    package init(path: String) { self.path = path }

    /// Names a namespace that `ip netns add` created.
    package init(named name: String) { path = "/run/netns/\(name)" }

    /// Runs `body` on the calling thread while it is in the namespace, and brings the thread back.
    ///
    /// `body` must not suspend or hand work to other threads: only the calling thread moves.
    /// Needs CAP_SYS_ADMIN.
    package func visit<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws(VisitError<Failure>) -> Value {
        let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard home >= 0 else { throw .notEntered(path: path, reason: lastReason()) }
        defer { close(home) }
        let target = open(path, O_RDONLY | O_CLOEXEC)
        guard target >= 0 else { throw .notEntered(path: path, reason: lastReason()) }
        defer { close(target) }
        guard setns(target, BERTH_CLONE_NEWNET) == 0 else {
            throw .notEntered(path: path, reason: lastReason())
        }
        defer {
            // The thread goes back to a pool: in the wrong namespace it would act on the wrong host
            // unnoticed.
            let returned = setns(home, BERTH_CLONE_NEWNET)
            precondition(returned == 0, "a thread could not leave \(path)")
        }
        do throws(Failure) {
            return try body()
        } catch {
            throw .inside(error)
        }
    }

    private func lastReason() -> String { String(cString: strerror(errno)) }
}

extension NetworkNamespace {
    package enum VisitError<Failure: Error>: Error {
        /// The thread could not enter: the namespace is gone, or CAP_SYS_ADMIN is missing.
        case notEntered(path: String, reason: String)
        case inside(Failure)
    }
}

extension NetworkNamespace.VisitError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEntered(let path, let reason):
            "The network namespace \(path) could not be entered: \(reason). "
                + "See that it exists (ip netns list) and that this process has CAP_SYS_ADMIN."
        case .inside(let failure): "\(failure)"
        }
    }
}
