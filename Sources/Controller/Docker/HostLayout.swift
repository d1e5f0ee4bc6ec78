internal import Digests
internal import Model

/// Where things are on the host, and what they are called: names and paths only.
package struct HostLayout: Sendable {
    /// The state directory.
    let stateDirectory: String

    /// A layout below a state directory.
    package init(stateDirectory: String) {
        self.stateDirectory = stateDirectory
    }

    /// The bare mirror of the fleet repository.
    package var mirror: String { "\(stateDirectory)/mirror.git" }
    /// Held by whoever acts.
    package var lock: String { "\(stateDirectory)/lock" }
    /// What happened.
    package var history: String { "\(stateDirectory)/history.jsonl" }
    /// Files of commits, by content.
    var files: String { "\(stateDirectory)/files" }

    /// Mount points that hold what containers mount of the host.
    ///
    /// Not below the state directory: that one may be removed, and what is mounted may not.
    var mounts: String {
        "/run/berth/\(Digest(hashing: Array(stateDirectory.utf8)).hex.prefix(12))"
    }

    /// A file of a commit with permission bits.
    ///
    /// Nothing that a container mounts runs with another's rights, so of the mode only the bits for
    /// reading, writing and running count.
    func contentFile(_ digest: Digest, mode: Int?) -> ContentFile {
        let bits = (mode ?? 0o444) & 0o777
        let suffix = bits == 0o444 ? "" : "-\(String(bits, radix: 8))"
        return ContentFile(
            path: "\(files)/\(digest.hex)\(suffix)",
            digest: digest,
            mode: UInt32(bits)
        )
    }

    /// The folder of an environment's hosts files.
    func hosts(of environment: String) -> String {
        "\(stateDirectory)/environments/\(environment)/hosts"
    }

    /// The `/etc/hosts` of a service's containers.
    func hostsFile(of service: String, in environment: String) -> String {
        "\(hosts(of: environment))/\(service)"
    }

    /// The same for containers on networks that are called otherwise than the manifests say.
    func hostsFile(
        of service: String,
        movedTo networks: [String],
        in environment: String
    ) -> String {
        let path = hostsFile(of: service, in: environment)
        guard !networks.isEmpty else { return path }
        // No service's name has an @.
        let text = networks.joined(separator: " ")
        return "\(path)@\(Digest(hashing: Array(text.utf8)).hex.prefix(12))"
    }

    /// A network's name in Docker.
    func networkName(_ key: String, in desired: DesiredState) -> String {
        let network = desired.networks[key]
        return network?.name
            ?? (network?.isExternal == true ? key : "\(desired.project)_\(key)")
    }

    /// The interface of a network that Berth makes: at most 15 characters.
    func bridgeName(_ key: String, environment: String) -> String {
        let plain = "br-\(environment)"
        // Eleven hexadecimal digits are what other networks get.
        let isDigest = environment.utf8.count == 11 && environment.allSatisfy(\.isHexDigit)
        let isPlain =
            !isDigest && environment.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 45 }
        if key == "default", plain.utf8.count <= 15, isPlain { return plain }
        return "br-\(Digest(hashing: Array("\(environment)/\(key)".utf8)).hex.prefix(11))"
    }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
