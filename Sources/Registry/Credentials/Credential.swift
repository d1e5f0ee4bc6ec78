internal import Foundation

/// A registry login; it prints as its kind only, so that no log holds a secret.
package enum Credential: Hashable, Sendable {
    /// A user name with a password or an access token.
    case password(user: String, password: String)

    /// A long-lived token that the registry's token server exchanges for short-lived ones.
    case identityToken(String)

    /// A token that is sent to the registry as it is.
    case registryToken(String)

    /// The value of `Authorization` for a user name and a password (RFC 7617 §2).
    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .password: "password"
        case .identityToken: "identity token"
        case .registryToken: "registry token"
        }
    }

    package var debugDescription: String { description }

    /// Empty, so that `dump` shows the kind only.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why the credentials of a registry could not be read.
package enum CredentialError: Error, Hashable, Sendable {
    /// The file exists and cannot be read.
    case unreadable(file: String, reason: String)

    /// The file, or the variable `DOCKER_AUTH_CONFIG`, is not what Docker writes.
    case malformed(source: String, reason: String)

    /// The credential helper could not be run.
    case helper(program: String, reason: String)

    /// The credential helper reported a failure.
    case helperRefused(program: String, message: String)
}

extension CredentialError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "the credentials in \(file) cannot be read: \(reason); make the file readable for the "
                + "user that runs berth"
        case .malformed(let source, let reason):
            "the credentials in \(source) are malformed: \(reason); run docker login again"
        case .helper(let program, let reason):
            "the credential helper \(program) did not answer: \(reason)"
        case .helperRefused(let program, let message):
            "the credential helper \(program) failed: \(message); run docker login again, or try "
                + "the helper by hand"
        }
    }
}
