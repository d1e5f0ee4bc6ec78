package import Digests
package import Model
internal import Registry

/// Whoever knows what a tag points at.
package protocol TagSource: Sendable {
    /// The digest that the registry has for the image; an answer up to `maxAge` old will do.
    func digest(of image: ImageName, at now: Moment, maxAge: Duration) async throws -> Digest
}

/// Finds the digest that a service is to run, as its pull policy says.
///
/// A digest once deployed stays: what was planned is what runs, and a container that comes back
/// after a crash is the same as before, whatever the tag points at by then.
struct ImageResolver {
    let tags: any TagSource
    let host: any Host
    /// How long a registry's answer is good for, where the policy asks for a look every time.
    let maxAge: Duration

    /// The digest to deploy.
    ///
    /// `mirrors` are asked in order where a registry is down, by registry.
    /// - Throws: what the registry or the engine said, or ``ImageMissing``.
    func digest(
        for service: Service,
        among containers: [Container],
        mirrors: [String: [String]] = [:],
        at now: Moment
    ) async throws -> Digest {
        if let digest = service.image.digest { return digest }
        let deployed = deployedDigest(of: service, among: containers)
        switch service.pullPolicy {
        case .never:
            if let deployed { return deployed }
            guard let local = try await host.localDigest(of: service.image) else {
                throw ImageMissing(image: service.image)
            }
            return local
        case .missing:
            if let deployed { return deployed }
            if let local = try await host.localDigest(of: service.image) { return local }
            return try await answer(service.image.sources(among: mirrors), now, maxAge)
        case .always:
            let sources = service.image.sources(among: mirrors)
            return try await answer(sources, now, maxAge, otherwise: deployed)
        case .every(let interval):
            let sources = service.image.sources(among: mirrors)
            return try await answer(sources, now, interval, otherwise: deployed)
        }
    }

    /// What the first registry says that says anything; a mirror is not asked about what its
    /// original denies.
    ///
    /// Registries that are down are no reason to touch what runs, so `deployed` goes on then.
    private func answer(
        _ sources: [ImageName],
        _ now: Moment,
        _ age: Duration,
        otherwise deployed: Digest? = nil
    ) async throws -> Digest {
        var failure: (any Error)?
        for source in sources {
            do {
                return try await tags.digest(of: source, at: now, maxAge: age)
            } catch {
                failure = failure ?? error
                // Nor while the original may still answer.
                if error is StillAsking { break }
                guard (error as? RegistryError)?.isTemporary ?? true else { break }
            }
        }
        if let deployed { return deployed }
        throw failure ?? ImageMissing(image: sources[0])
    }

    /// The digest that the service's containers of this very image have, the newest first.
    private func deployedDigest(of service: Service, among containers: [Container]) -> Digest? {
        containers
            .filter { container in
                container.service == service.name
                    && container.image.repository == service.image.repository
                    && container.image.tag == service.image.tag
            }
            .max { $0.generation < $1.generation }?
            .image.digest
    }
}

/// Docker could not pull an image, from its registry or a mirror.
struct PullError: Error, CustomStringConvertible {
    var image: ImageName
    /// What was said about the first source.
    var cause: any Error

    var description: String { "\(cause)" }
}

/// `pull_policy: never`, and the image is not there.
package struct ImageMissing: Error, Equatable, CustomStringConvertible {
    /// The image that is not there.
    package var image: ImageName

    /// What happened, and what to do next.
    package var description: String {
        "\(image) is not on this host and pull_policy is never; load it, or change the policy"
    }
}
