internal import DockerEngine
internal import Registry

extension Credential {
    /// The same proof in the Engine's words.
    func forEngine(at registry: String) -> RegistryCredential {
        switch self {
        case .password(let user, let password):
            .password(user: user, password: password, registry: registry)
        case .identityToken(let token): .identityToken(token, registry: registry)
        case .registryToken(let token): .registryToken(token)
        }
    }
}
