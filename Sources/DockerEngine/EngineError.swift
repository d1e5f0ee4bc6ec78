internal import Printing

/// Why a call to Docker failed.
package struct EngineError: Error, Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// No process listens on the socket, or this one may not use it; nothing was sent.
        case unreachable
        /// The address is not one of a unix socket.
        case invalidAddress
        case timedOut
        case cancelled
        /// The connection broke after the request was sent.
        case connectionLost
        /// There is no such container, image, network or volume (404).
        case notFound
        /// The name is in use, or the state does not allow it (409).
        case conflict
        /// Docker does not accept the request (400), or it was refused before it was sent.
        case badParameter
        /// Docker, or a plugin of it, does not allow it (401, 403).
        case forbidden
        /// Docker failed (500 and above, and every status without another kind).
        case server
        /// Docker and this client share no version of the API.
        case unsupportedVersion
        case malformedResponse
        case tooLarge
        /// An image could not be pulled: the registry refused, or has no such image.
        case pullFailed
    }

    package let kind: Kind

    /// The method and path, with the object that they concern; never a secret.
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
    static func invalidAddress(_ address: String, _ remedy: String) -> EngineError {
        EngineError(.invalidAddress, "the address \(address.debugDescription)", remedy)
    }

    private var remedy: String? {
        switch kind {
        case .unreachable, .invalidAddress, .unsupportedVersion:
            // Their message ends in the remedy, which depends on the reason.
            nil
        case .timedOut:
            "check whether dockerd hangs or the disk is slow (journalctl -u docker)"
        case .cancelled:
            "check whether it was done"
        case .connectionLost:
            "check why dockerd closed the connection (journalctl -u docker) and whether it was done"
        case .notFound:
            "check what exists (docker ps -a, docker images, docker network ls)"
        case .conflict:
            "check what has the name or prevents it (docker ps -a), and remove or rename that"
        case .badParameter:
            "correct the value that Docker names"
        case .forbidden:
            "allow it in the plugin or policy that refuses it"
        case .server:
            "check Docker's log (journalctl -u docker) and try again"
        case .malformedResponse:
            "check whether the socket is Docker's, and report this with docker version"
        case .tooLarge:
            "remove what is no longer needed (docker container prune)"
        case .pullFailed:
            "check the image's name and version, and the registry's credentials"
        }
    }
}

extension EngineError: CustomStringConvertible {
    package var description: String {
        let code = status.map { " (\($0))" } ?? ""
        var cause = message.isEmpty ? kind.rawValue : message
        if cause.hasSuffix(".") { cause.removeLast() }
        let parts = [cause] + (remedy.map { [$0] } ?? [])
        return "Docker, \(operation)\(code): \(parts.joined(separator: "; "))."
    }
}
