internal import Glibc

/// Why a socket did not do what was asked of it.
package struct SocketError: Error, Sendable, Equatable {
    /// What was asked.
    package enum Operation: String, Sendable {
        case connect, listen, accept, read, write
    }

    /// What came in the way.
    package enum Reason: Sendable, Equatable {
        /// The deadline passed first.
        case timedOut

        /// The calling task was cancelled, or `shutdown` was called.
        case cancelled

        /// The address cannot be one: a path over 107 bytes, or a host that is no IP literal.
        case invalidAddress

        /// The kernel refused; the code is an `errno`.
        case system(code: Int32)
    }

    /// What was asked.
    package let operation: Operation

    /// Whom it concerned.
    package let address: SocketAddress

    /// What came in the way.
    package let reason: Reason

    /// Makes an error.
    package init(operation: Operation, address: SocketAddress, reason: Reason) {
        self.operation = operation
        self.address = address
        self.reason = reason
    }
}

extension SocketError {
    /// Whether nobody is behind the address: it is refused, or there is no such socket.
    package var isRefused: Bool {
        reason == .system(code: ECONNREFUSED) || reason == .system(code: ENOENT)
    }

    /// What came in the way, in words, such as `Connection refused`.
    package var reasonText: String {
        switch reason {
        case .timedOut: "no answer in time"
        case .cancelled: "cancelled"
        case .invalidAddress: "not a usable address"
        case .system(let code): String(cString: strerror(code))
        }
    }

    private var remedy: String {
        switch reason {
        case .timedOut:
            "see whether the other side is overloaded or hangs"
        case .cancelled:
            "try again if it is still wanted"
        case .invalidAddress:
            "give a path of at most 107 bytes, or an IPv4 or IPv6 address"
        case .system(ECONNREFUSED), .system(ENOENT):
            "see whether the server runs and listens there"
        case .system(EACCES), .system(EPERM):
            "run as a user who may use it"
        case .system(EADDRINUSE):
            "see what else listens there (ss -lxtp) or choose another address"
        case .system(EMFILE), .system(ENFILE):
            "raise the limit of open files (ulimit -n)"
        case .system(ECONNRESET), .system(EPIPE):
            "look into the other side's log for the reason and try again"
        default:
            "see whether the address is right and reachable"
        }
    }
}

extension SocketError: CustomStringConvertible {
    /// A sentence that says what failed, where, why, and what to do.
    package var description: String {
        "Could not \(operation.phrase) \(address): \(reasonText); \(remedy)."
    }
}

extension SocketError.Operation {
    fileprivate var phrase: String {
        switch self {
        case .connect: "connect to"
        case .listen: "listen on"
        case .accept: "accept connections on"
        case .read: "read from"
        case .write: "write to"
        }
    }
}
