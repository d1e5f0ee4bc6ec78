internal import Model

/// The address of a registry, and the key of its credentials.
struct RegistryHost: Hashable {
    /// As in image names.
    let name: String

    /// Scheme, host and port.
    let base: String

    /// Plain HTTP is for this machine and for `insecure` registries, which are named as
    /// `host:port`, or as `host` for all its ports.
    init(_ name: String, insecure: Set<String>) {
        self.name = name
        // Docker Hub's names say docker.io, but its registry has another host.
        let address = name == ImageName.dockerHub ? "registry-1.docker.io" : name
        let host = Self.hostWithoutPort(name)
        let isPlain = Self.isLoopback(host) || insecure.contains(name) || insecure.contains(host)
        base = (isPlain ? "http://" : "https://") + address
    }

    /// The key in Docker's `config.json`.
    static func credentialKey(of registry: String) -> String {
        registry == ImageName.dockerHub ? "https://index.docker.io/v1/" : registry
    }

    /// `localhost`, 127.0.0.0/8 and `[::1]`, which Docker also takes for insecure by itself.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func hostWithoutPort(_ name: String) -> String {
        if name.hasPrefix("["), let close = name.firstIndex(of: "]") {
            return String(name[...close])
        }
        return String(name.prefix { $0 != ":" })
    }
}
