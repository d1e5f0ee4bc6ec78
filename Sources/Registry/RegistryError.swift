/// Why a registry lookup failed.
package struct RegistryError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// No connection, or one that broke.
        case unreachable(String)
        /// No secure connection.
        case tls(String)
        case unauthorized(Credentials)
        /// The credentials are valid and do not permit it.
        case denied
        case notFound(Missing)
        case rateLimited(RateLimit)
        case server(status: Int)
        /// The answer is not one of the registry API.
        case malformed(String)
        /// The answer is longer than any real one.
        case tooLarge(String)
        case timeout(Duration)
        case credentials(CredentialError)
        case cancelled
    }

    /// What a registry that requires authentication was sent.
    package enum Credentials: Hashable, Sendable {
        case none
        case refused
    }

    package enum Missing: Hashable, Sendable {
        case repository
        /// The tag or digest; also the repository, where the registry does not say which.
        case reference
    }

    package let reason: Reason

    /// The image, in its familiar form.
    package let subject: String

    /// The registry's name, as in image names.
    package let registry: String

    /// The URL of the last request, without its query.
    package let url: String

    package let serverMessage: ServerMessage?

    /// Whether the same request may succeed later without any change here.
    package var isTemporary: Bool {
        switch reason {
        case .unreachable, .rateLimited, .server, .timeout: true
        case .tls, .unauthorized, .denied, .notFound, .malformed, .tooLarge, .credentials,
            .cancelled:
            false
        }
    }
}

extension RegistryError: CustomStringConvertible {
    package var description: String {
        let words = serverMessage.map { " (\($0))" } ?? ""
        return "\(subject): \(event)\(words) at \(url); \(remedy)"
    }

    private var event: String {
        switch reason {
        case .unreachable(let detail): "\(registry) cannot be reached: \(detail)"
        case .tls(let detail): "no secure connection to \(registry): \(detail)"
        case .unauthorized(.none): "\(registry) requires credentials, and there are none"
        case .unauthorized(.refused): "\(registry) refused the credentials"
        case .denied: "\(registry) denied access"
        case .notFound(.repository): "\(registry) has no such repository"
        case .notFound(.reference): "\(registry) has no such tag or digest"
        case .rateLimited(let limit): "\(registry) limits requests\(Self.text(of: limit))"
        case .server(let status): "\(registry) failed with status \(status)"
        case .malformed(let detail): "\(registry) returned an unexpected answer: \(detail)"
        case .tooLarge(let detail): "\(registry) returned too large an answer: \(detail)"
        case .timeout(let limit): "\(registry) did not answer within \(Self.text(of: limit))"
        case .credentials(let error): "\(error)"
        case .cancelled: "the request was cancelled"
        }
    }

    private var remedy: String {
        switch reason {
        case .unreachable, .timeout:
            "check the registry's name, the network, and the proxy variables"
        case .tls:
            "add the registry's authority to this host's certificates, or list the registry as "
                + "insecure if it speaks plain HTTP"
        case .unauthorized(.none):
            "run docker login \(registry) as the user that runs berth, or check the name: many "
                + "registries answer the same for a missing repository"
        case .unauthorized(.refused):
            "run docker login \(registry) again as the user that runs berth"
        case .denied:
            "give the account the right to pull, or check the name"
        case .notFound(.repository):
            "check the name, or push the image first"
        case .notFound(.reference):
            "check the version, or push the image first"
        case .rateLimited:
            "log in for a higher limit, or ask less often"
        case .server:
            "try again later, and check the registry's log"
        case .malformed, .tooLarge:
            "check that the name is that of a registry"
        case .credentials:
            "no request was sent without them"
        case .cancelled:
            "try again"
        }
    }

    private static func text(of limit: RateLimit) -> String {
        var parts: [String] = []
        if let allowed = limit.limit {
            let window = limit.window.map { " in \(text(of: $0))" } ?? ""
            parts.append("the limit is \(allowed)\(window)")
        }
        if let remaining = limit.remaining { parts.append("\(remaining) left") }
        if let wait = limit.retryAfter { parts.append("again in \(text(of: wait))") }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }

    private static func text(of duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return seconds > 0 ? "\(seconds) s" : "\(attoseconds / 1_000_000_000_000_000) ms"
    }
}
