internal import Glibc

package struct SocketError: Error, Sendable, Equatable {
    package enum Operation: String, Sendable {
        case connect = "connect to"
        case read = "read from"
        case write = "write to"
    }

    package enum Reason: Error, Sendable, Equatable {
        /// The deadline passed first.
        case timedOut
        case cancelled
        /// A path that is empty or over 107 bytes.
        case invalidAddress
        /// The kernel refused; the code is an `errno`.
        case system(code: Int32)

        /// What the last call in this thread left in `errno`; ask at once.
        package static var last: Self { .system(code: errno) }

        static var refused: Self { .system(code: ECONNREFUSED) }
    }

    package let operation: Operation
    package let address: SocketAddress
    package let reason: Reason

    package init(operation: Operation, address: SocketAddress, reason: Reason) {
        self.operation = operation
        self.address = address
        self.reason = reason
    }
}

/// Why a call on a socket failed, before operation and address are known.
typealias SocketFailure = SocketError.Reason

extension SocketError: CustomStringConvertible {
    /// Whether no process listens at the address.
    package var isRefused: Bool {
        reason == .system(code: ECONNREFUSED) || reason == .system(code: ENOENT)
    }

    /// The reason in words, such as `Connection refused`.
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
        case .timedOut: "check whether the other side is overloaded or hangs"
        case .cancelled: "try again if it is still needed"
        case .invalidAddress: "give a path of at most 107 bytes"
        case .system(ECONNREFUSED), .system(ENOENT):
            "check that the server runs and listens there"
        case .system(EACCES), .system(EPERM): "run as a user who may use it"
        case .system(EMFILE), .system(ENFILE): "raise the limit of open files (ulimit -n)"
        case .system(ECONNRESET), .system(EPIPE):
            "look into the other side's log for the reason and try again"
        default: "check that the address is right and reachable"
        }
    }

    package var description: String {
        "Could not \(operation.rawValue) \(address): \(reasonText); \(remedy)."
    }
}
