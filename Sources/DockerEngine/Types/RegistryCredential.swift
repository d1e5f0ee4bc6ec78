/// What proves to a registry who pulls.
///
/// It never shows itself: printing it gives its kind alone.
package enum RegistryCredential: Sendable, Equatable {
    /// A user's name and password, or access token, for a registry such as `ghcr.io`.
    case password(user: String, password: String, registry: String)

    /// A token that the registry exchanges for others (OAuth 2 refresh token).
    case identityToken(String, registry: String)

    /// A bearer token for the registry itself.
    case registryToken(String)
}

extension RegistryCredential: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The kind of credential, without its secret.
    package var description: String {
        switch self {
        case .password(let user, _, let registry): "password of \(user) at \(registry)"
        case .identityToken(_, let registry): "identity token for \(registry)"
        case .registryToken: "registry token"
        }
    }

    /// The kind of credential, without its secret.
    package var debugDescription: String { description }

    /// Nothing, so that `dump` finds no secret either.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension RegistryCredential: Encodable {
    private enum CodingKeys: String, CodingKey {
        case username, password, serveraddress, identitytoken, registrytoken
    }

    /// Writes what `X-Registry-Auth` holds before it is put into base64.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .password(let user, let password, let registry):
            try container.encode(user, forKey: .username)
            try container.encode(password, forKey: .password)
            try container.encode(registry, forKey: .serveraddress)
        case .identityToken(let token, let registry):
            try container.encode(token, forKey: .identitytoken)
            try container.encode(registry, forKey: .serveraddress)
        case .registryToken(let token):
            try container.encode(token, forKey: .registrytoken)
        }
    }
}
