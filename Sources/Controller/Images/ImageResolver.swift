public import Digests
public import Model

/// Whoever knows what a tag points at.
public protocol TagSource: Sendable {
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
    /// - Throws: what the registry or the engine said, or ``ImageMissing``.
    func digest(
        for service: Service,
        among containers: [Container],
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
            return try await tags.digest(of: service.image, at: now, maxAge: maxAge)
        case .always:
            return try await asked(service, deployed, now, maxAge)
        case .every(let interval):
            return try await asked(service, deployed, now, interval)
        }
    }

    /// A registry that is down is no reason to touch what runs.
    private func asked(
        _ service: Service,
        _ deployed: Digest?,
        _ now: Moment,
        _ age: Duration
    ) async throws -> Digest {
        do {
            return try await tags.digest(of: service.image, at: now, maxAge: age)
        } catch {
            guard let deployed else { throw error }
            return deployed
        }
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

/// `pull_policy: never`, and the image is not there.
public struct ImageMissing: Error, Equatable, CustomStringConvertible {
    /// The image that is not there.
    public var image: ImageName

    /// What happened, and what to do next.
    public var description: String {
        "\(image) is not on this host and pull_policy is never; load it, or change the policy"
    }
}
