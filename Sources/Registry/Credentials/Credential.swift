internal import Foundation

/// A proof of who asks a registry.
///
/// It prints as its kind only, so that no log ever holds one.
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
    /// The kind, without the secret.
    package var description: String {
        switch self {
        case .password: "password"
        case .identityToken: "identity token"
        case .registryToken: "registry token"
        }
    }

    /// The kind, without the secret.
    package var debugDescription: String { description }

    /// Nothing to look into: `dump` shows the kind only.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
