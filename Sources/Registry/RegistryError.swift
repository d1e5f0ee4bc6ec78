/// Why a registry did not give what it was asked for.
package struct RegistryError: Error, Hashable, Sendable {
    /// What kind of failure it was.
    package enum Reason: Hashable, Sendable {
        /// No connection, or one that broke.
        case unreachable(String)
        /// No secure connection.
        case tls(String)
        /// The registry wants to know who asks.
        case unauthorized(Proof)
        /// The registry knows who asks, and does not let them.
        case denied
        /// There is no such thing.
        case notFound(Missing)
        /// Asked too often.
        case rateLimited(RateLimit)
        /// The registry failed, with this status.
        case server(status: Int)
        /// The answer is not one that a registry gives.
        case malformed(String)
        /// The answer is longer than anything real, in bytes, pages or tags.
        case tooLarge(String)
        /// No answer in time.
        case timeout(Duration)
        /// The credentials to ask with could not be had.
        case credentials(CredentialError)
        /// The task that asked was cancelled.
        case cancelled
    }

    /// What was shown to a registry that wanted to know who asks.
    package enum Proof: Hashable, Sendable {
        /// Nothing: there are no credentials for it.
        case none
        /// Credentials, and it refused them.
        case refused
    }

    /// What is not there.
    package enum Missing: Hashable, Sendable {
        /// The repository.
        case repository
        /// The tag or the digest; a registry that says no more may lack the repository too.
        case reference
    }

    /// What kind of failure it was.
    package let reason: Reason

    /// The image or repository that was asked about, in its familiar form.
    package let subject: String

    /// The registry's name, as in image names.
    package let registry: String

    /// The address that was asked last, without its query.
    package let url: String

    /// What the registry itself said.
    package let complaint: Complaint?

    /// Whether the same question may well be answered later, with nothing changed here.
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
    /// What happened, in the registry's own words where it has any, and what to do next.
    package var description: String {
        let words = complaint.map { " (\($0))" } ?? ""
        return "\(subject): \(event)\(words) at \(url); \(remedy)"
    }

    private var event: String {
        switch reason {
        case .unreachable(let detail): "\(registry) cannot be reached: \(detail)"
        case .tls(let detail): "there is no secure connection to \(registry): \(detail)"
        case .unauthorized(.none): "\(registry) wants credentials, and there are none for it"
        case .unauthorized(.refused): "\(registry) refused the credentials"
        case .denied: "\(registry) denied access"
        case .notFound(.repository): "\(registry) has no such repository"
        case .notFound(.reference): "\(registry) has no such tag or digest"
        case .rateLimited(let limit): "\(registry) was asked too often\(Self.text(of: limit))"
        case .server(let status): "\(registry) failed with status \(status)"
        case .malformed(let detail): "\(registry) gave a strange answer: \(detail)"
        case .tooLarge(let detail): "\(registry) gave too much: \(detail)"
        case .timeout(let limit): "\(registry) gave no answer in \(Self.text(of: limit))"
        case .credentials(let error): "\(error)"
        case .cancelled: "the question was cancelled"
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
                + "registries answer so for what does not exist"
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
            "try again later, and look into the registry's own log"
        case .malformed:
            "check that the name leads to a registry"
        case .tooLarge:
            "check that the name leads to a registry, and remove tags nobody needs"
        case .credentials:
            "nothing was asked without them"
        case .cancelled:
            "ask again"
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
