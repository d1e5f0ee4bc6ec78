internal import Printing

/// Why Docker did not do what was asked of it.
package struct EngineError: Error, Sendable, Equatable {
    /// The classes of failure that a caller may want to tell apart.
    package enum Kind: String, Sendable {
        /// Nobody answers on the socket, or this process may not use it; nothing was asked.
        case unreachable
        /// The address is not one of a unix socket.
        case invalidAddress
        /// The deadline passed.
        case timedOut
        /// The calling task was cancelled.
        case cancelled
        /// The connection broke after the request was sent.
        case connectionLost
        /// There is no such container, image, network or volume (404).
        case notFound
        /// The name is taken, or the state does not allow it (409).
        case conflict
        /// Docker does not accept the request (400), or it was refused before it was sent.
        case badParameter
        /// Docker, or a plugin of it, does not allow it (401, 403).
        case forbidden
        /// Docker failed (500 and above, and what no other kind stands for).
        case server
        /// Docker and this client share no version of the API.
        case unsupportedVersion
        /// Docker's answer cannot be understood.
        case malformedResponse
        /// Docker's answer is larger than allowed.
        case tooLarge
        /// An image could not be pulled: the registry refused, or has no such image.
        case pullFailed
    }

    /// The class of failure.
    package let kind: Kind

    /// The method and path that were asked for, with what they concern; never a secret.
    package let operation: String

    /// What Docker or the system said, on one line of at most 1,000 characters.
    package let message: String

    /// The HTTP status, where Docker answered with one.
    package let status: Int?

    init(_ kind: Kind, _ operation: String, _ message: String, status: Int? = nil) {
        self.kind = kind
        self.operation = operation
        self.message = message.onOneLine(ofAtMost: 1000)
        self.status = status
    }
}

extension EngineError {
    /// What an address that is not a unix socket's comes to.
    static func invalidAddress(_ address: String, _ remedy: String) -> EngineError {
        EngineError(.invalidAddress, "the address \(address.debugDescription)", remedy)
    }

    private var remedy: String? {
        switch kind {
        case .unreachable, .invalidAddress, .unsupportedVersion:
            // Their message ends in the remedy, which depends on the reason.
            nil
        case .timedOut:
            "see whether dockerd hangs or the disk is slow (journalctl -u docker), then look again"
        case .cancelled:
            "look again at what became of it"
        case .connectionLost:
            "see why dockerd hung up (journalctl -u docker), then look again at what became of it"
        case .notFound:
            "look at what exists (docker ps -a, docker images, docker network ls)"
        case .conflict:
            "look at what holds the name or the state (docker ps -a) and remove or rename it"
        case .badParameter:
            "correct the value that Docker names"
        case .forbidden:
            "allow it in the plugin or policy that refuses it"
        case .server:
            "look into Docker's log (journalctl -u docker) and try again"
        case .malformedResponse:
            "see whether the socket is really Docker's, and report this with docker version"
        case .tooLarge:
            "remove what is no longer needed (docker container prune) or ask for less"
        case .pullFailed:
            "check the image's name and version, and the registry's credentials"
        }
    }
}

extension EngineError: CustomStringConvertible {
    /// A sentence that says what failed, why, and what to do.
    package var description: String {
        let code = status.map { " (\($0))" } ?? ""
        var cause = message.isEmpty ? kind.rawValue : message
        if cause.hasSuffix(".") { cause.removeLast() }
        let parts = [cause] + (remedy.map { [$0] } ?? [])
        return "Docker, \(operation)\(code): \(parts.joined(separator: "; "))."
    }
}
