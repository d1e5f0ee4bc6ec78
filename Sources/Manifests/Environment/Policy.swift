internal import Model

/// What services may do (`policy`); the defaults allow nothing that reaches the host.
struct Policy: Sendable {
    enum FloatingTags: Hashable, Sendable {
        case refuse, warn, allow
        case allowed(Set<String>)
    }

    struct HostPath: Hashable, Sendable {
        var path: String
        var isReadOnly: Bool
    }

    /// Registries, or registries with the start of a path; nil trusts all.
    var trustedRegistries: [String]?
    var floatingTags: FloatingTags
    var requiresDigest: Bool
    var privileged: Set<String>
    var hostPaths: [HostPath]
    /// Paths of the host that several containers may write to at a time.
    var sharedPaths: Set<String>
    /// Services that may use the host's network, and networks on the host's own links.
    var hostNetwork: Set<String>
    /// Services that may use the host's other namespaces, and choose their parent cgroup.
    var hostNamespaces: Set<String>
    /// Services that may choose what confines them.
    var unconfined: Set<String>
    /// Capabilities that may be added, without `CAP_`, upper-case.
    var capabilities: Set<String>
    var devices: Set<String>
    /// Services that may come before what else runs on the host.
    var priority: Set<String>
    /// Ports of the host that may be published; nil is all but that of the host's login.
    var ports: [PortRange]?
    var subnets: [AddressRange]
    var externalNetworks: Set<String>
    var externalVolumes: Set<String>
    var fileServers: Set<String>
    /// Volume drivers beside Docker's own.
    var volumeDrivers: Set<String>
    /// Log drivers beside those that stay within Docker.
    var logDrivers: Set<String>

    /// What every service may read: the host's clock settings, which hold no secret.
    private static let harmless = ["/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"]

    /// Takes the policy from the canonical form of `policy`; nil is the default one.
    init(_ value: ComposeValue?) {
        trustedRegistries = value?["trusted_registries"]?.strings
        requiresDigest = value?["require_digest"]?.boolean ?? false
        floatingTags =
            switch value?["floating_tags"]?.content {
            case .string("warn"): .warn
            case .string("allow"): .allow
            case .list(let tags): .allowed(Set(tags.compactMap(\.string)))
            default: .refuse
            }
        func set(_ key: String) -> Set<String> { Set(value?[key]?.strings ?? []) }
        privileged = set("privileged")
        sharedPaths = Set(set("shared_paths").map(PathText.cleaned))
        hostNetwork = set("host_network")
        hostNamespaces = set("host_namespaces")
        unconfined = set("unconfined")
        capabilities = Set(set("capabilities").map(CapabilityText.name))
        devices = set("devices")
        priority = set("priority")
        ports = value?["ports"]?.strings?.compactMap { try? PortRange($0) }
        subnets = set("subnets").compactMap { AddressRange($0) }
        externalNetworks = set("external_networks")
        externalVolumes = set("external_volumes")
        fileServers = set("file_servers")
        volumeDrivers = set("volume_drivers")
        logDrivers = set("log_drivers")
        let listed = value?["host_paths"]?.strings ?? []
        hostPaths =
            Self.harmless.map { HostPath(path: $0, isReadOnly: true) }
            + listed.map { text in
                let isReadOnly = text.hasSuffix(":ro")
                let path = isReadOnly ? String(text.dropLast(3)) : text
                return HostPath(path: PathText.cleaned(path), isReadOnly: isReadOnly)
            }
    }

    func allows(path: String, readOnly: Bool) -> Bool {
        let path = PathText.cleaned(path)
        return hostPaths.contains { allowed in
            PathText.isInside(path, of: allowed.path) && (readOnly || !allowed.isReadOnly)
        }
    }

    /// What only the host shows whether it is kept.
    var grants: Grants {
        Grants(
            hostPaths: hostPaths.map { .init(path: $0.path, isReadOnly: $0.isReadOnly) },
            sharedPaths: sharedPaths,
            hostNetwork: hostNetwork,
            externalVolumes: externalVolumes,
            externalNetworks: externalNetworks
        )
    }

    /// Whether a capability may be added; what every container has anyway needs no grant, so that
    /// one that drops all can take back a few.
    func allows(capability name: String) -> Bool {
        CapabilityText.given.contains(name) || capabilities.contains(name)
    }

    /// Whether a port of the host may be published; 0 is one that Docker chooses.
    ///
    /// A port that nothing listens on for a moment is free to take, so by default that of the
    /// host's login is not.
    func allows(port: Int, _ transport: TransportProtocol) -> Bool {
        guard let ports else { return (port, transport) != (22, .tcp) }
        return ports.contains { $0.contains(port, transport) }
    }

    /// Whether images may come from there; `repository` is registry and path.
    func trusts(repository: String) -> Bool {
        guard let trustedRegistries else { return true }
        let repository = Self.withOneHub(repository)
        return trustedRegistries.contains {
            PathText.isInside(repository, of: Self.withOneHub($0))
        }
    }

    /// Docker Hub has several names, of which images have the first.
    private static func withOneHub(_ text: String) -> String {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, ["index.docker.io", "registry-1.docker.io"].contains(host)
        else { return text }
        return ImageName.dockerHub + text.dropFirst(host.count)
    }

    /// Whether a tag names no version: it has no digit, or `latest` is a part of it.
    ///
    /// `main`, `stable`, `edge`, `nightly` are such tags; `7`, `1.4-alpine`, `main-3f2c1d9` and a
    /// commit's bare hexadecimal digits are not.
    static func isFloating(_ tag: String?) -> Bool {
        guard let tag else { return true }
        let parts = tag.lowercased().split { "._-".contains($0) }
        if parts.contains("latest") { return true }
        let isCommit = tag.utf8.count >= 7 && tag.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return !isCommit && !tag.contains(where: \.isNumber)
    }
}
