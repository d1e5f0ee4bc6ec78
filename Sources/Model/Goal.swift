package import Digests
internal import Foundation

/// A service with what the commit alone does not say: the image's digest, and the digests of the
/// host's files that it mounts.
package struct Goal: Hashable, Sendable {
    /// What the revision says.
    package var service: Service
    /// The image with the digest to deploy.
    package var image: ImageName
    /// Identifies everything that makes one container different from another.
    package var spec: Digest
    /// What an earlier Berth called the same, when volumes were no part of the spec.
    package var formerSpec: Digest
    /// The volumes that a container gets, by the path inside.
    package var volumes: [String: MountedVolume]

    /// Resolves a service.
    ///
    /// - Parameters:
    ///   - service: what the revision says.
    ///   - image: the digest to deploy.
    ///   - hostFiles: the digest of each host file that the service mounts, by path.
    ///   - volumes: the volumes that it mounts, by the path inside.
    package init(
        _ service: Service,
        image: Digest,
        hostFiles: [String: Digest] = [:],
        volumes: [String: MountedVolume] = [:]
    ) {
        self.service = service
        self.image = service.image.withDigest(image)
        // A job is not run again for what it mounts.
        self.volumes = service.isJob ? [:] : volumes
        var identity = Self.identity(of: service, image: self.image, hostFiles: hostFiles)
        formerSpec = Digest(hashing: Self.canonicalJSON(identity))
        spec = formerSpec
        guard !self.volumes.isEmpty else { return }
        // What is all default is left out, so that the spec is the former one.
        identity.volumes = volumes.mapValues { volume in
            Identity.Volume(
                name: volume.hasDefaultName ? nil : volume.name,
                driver: volume.driver,
                options: volume.options
            )
        }
        spec = Digest(hashing: Self.canonicalJSON(identity))
    }

    /// The spec that a container has on this host.
    ///
    /// A container that is called as the goal, but does not have the goal's volumes, is another
    /// one: a spec of its own is given to it, so that it is replaced.
    /// One that an earlier Berth called as the goal, and that has its volumes, is as the goal says.
    package func actualSpec(of container: Container) -> Digest {
        guard [spec, formerSpec].contains(container.spec) else { return container.spec }
        let mounted = volumes.keys.sorted().map { "\($0)=\(container.mounts[$0] ?? "")" }
        let isSame = volumes.allSatisfy { container.mounts[$0.key] == $0.value.name }
        guard !isSame else { return spec }
        let words = ["\(container.spec)"] + mounted
        return Digest(hashing: Array(words.joined(separator: "\n").utf8))
    }

    private struct Identity: Encodable {
        var image: String
        var container: ContainerSpec
        var ports: [ContainerPort]
        var ephemeralPorts: [ContainerPort]
        var hostFiles: [String: Digest]
        var volumes: [String: Volume] = [:]

        struct Volume: Encodable {
            var name: String?
            var driver: String?
            var options: [String: String]
        }
    }

    private static func identity(
        of service: Service,
        image: ImageName,
        hostFiles: [String: Digest]
    ) -> Identity {
        var container = service.isJob ? service.container.program : service.container
        // An entry point that is cleared is not one that is left to the image, and the pruning
        // below would make them the same; `[""]` is Docker's own way to write it.
        if container.entrypoint == [] { container.entrypoint = [""] }
        return Identity(
            image: image.description,
            container: container,
            ports: Set(service.ports.filter { $0.published != nil }.map(\.target)).sorted(),
            ephemeralPorts: service.ports.filter { $0.published == nil }.map(\.target).sorted(),
            hostFiles: service.isJob ? [:] : hostFiles
        )
    }

    /// JSON with sorted keys and without empty collections, so that a field which Berth learns
    /// later, and which a service does not use, leaves the digest as it was.
    private static func canonicalJSON(_ identity: Identity) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(identity),
            let object = try? JSONSerialization.jsonObject(with: data),
            let pruned = try? JSONSerialization.data(
                withJSONObject: prune(object) ?? [:],
                options: [.sortedKeys, .withoutEscapingSlashes]
            )
        else { preconditionFailure("a struct of strings and numbers encodes as JSON") }
        return [UInt8](pruned)
    }

    private static func prune(_ value: Any) -> Any? {
        if let object = value as? [String: Any] {
            let kept = object.compactMapValues(prune)
            return kept.isEmpty ? nil : kept
        }
        if let array = value as? [Any] {
            return array.isEmpty ? nil : array.map { prune($0) ?? [String: Any]() }
        }
        return value
    }
}

extension ContainerSpec {
    /// What makes one run of a job different from another: what it runs, with which words,
    /// variables and files of the commit.
    ///
    /// What is only around it does not run it again, such as a network, a limit or the content of
    /// a secret.
    fileprivate var program: ContainerSpec {
        var program = ContainerSpec()
        program.entrypoint = entrypoint
        program.command = command
        program.environment = environment
        program.hostEnvironmentFiles = hostEnvironmentFiles
        program.files = files.filter(\.isOfCommit)
        program.user = user
        program.workingDirectory = workingDirectory
        program.platform = platform
        return program
    }
}

extension FileMount {
    fileprivate var isOfCommit: Bool {
        if case .commit = source { return true }
        return false
    }
}
