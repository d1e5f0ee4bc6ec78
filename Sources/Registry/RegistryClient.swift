package import Digests
package import Model
internal import Synchronization

/// Asks registries what their tags mean: one client for every registry that speaks the
/// distribution specification.
///
/// ```swift
/// let registries = RegistryClient(credentials: DockerCredentials(environment: environment))
/// let digest = try await registries.digest(of: image, now: now, maxAge: .seconds(60))
/// let tags = try await registries.tags(of: image, now: now)
/// ```
///
/// It only reads. `now` dates what is kept between questions (tokens, digests, pauses); how long
/// a question may take is in the options and measured on a clock of its own.
package final class RegistryClient: Sendable {
    let options: RegistryOptions
    let credentials: DockerCredentials
    let gate: HostGate
    let memory = Mutex(AuthorizationMemory())
    private let digests = Mutex(DigestCache())

    /// Makes a client; nothing is asked yet.
    package init(credentials: DockerCredentials, options: RegistryOptions = RegistryOptions()) {
        self.credentials = credentials
        self.options = options
        gate = HostGate(width: options.requestsPerRegistry)
    }

    /// The digest that the registry has under the image's tag now, or under its digest if it names
    /// one; without either, `latest` is meant.
    ///
    /// It is the digest of what the tag points at, the index where there is one, never of one
    /// platform's image.
    package func digest(of image: ImageName, now: Moment) async throws(RegistryError) -> Digest {
        let question = Question(about: image.withDefaultTag, to: self, now: now)
        do {
            let digest = try await question.digest()
            digests.withLock { $0.remember(digest, of: image.withDefaultTag, now: now) }
            return digest
        } catch {
            // What is not certain any more is not to be told from memory.
            if case .notFound = error.reason {
                digests.withLock { $0.forget(image.withDefaultTag) }
            }
            throw error
        }
    }

    /// The same, from memory if the answer is no older than `maxAge`.
    package func digest(
        of image: ImageName,
        now: Moment,
        maxAge: Duration
    ) async throws(RegistryError) -> Digest {
        let known = digests.withLock {
            $0.digest(of: image.withDefaultTag, now: now, maxAge: maxAge)
        }
        if let known { return known }
        return try await digest(of: image, now: now)
    }

    /// All tags of the image's repository, sorted; registries' own order means nothing.
    ///
    /// At most 100,000; more are an error.
    package func tags(of image: ImageName, now: Moment) async throws(RegistryError) -> [String] {
        try await Question(about: image, to: self, now: now).tags()
    }
}
