package import Digests
package import Model
internal import Synchronization

/// Reads image digests from every registry that speaks the distribution specification.
///
/// ```swift
/// let registries = RegistryClient(credentials: DockerCredentials(environment: environment))
/// let digest = try await registries.digest(of: image, now: now, maxAge: .seconds(60))
/// ```
///
/// `now` dates what is kept between requests (tokens, digests, pauses); deadlines are measured on a
/// clock of its own.
package final class RegistryClient: Sendable {
    let options: RegistryOptions
    let credentials: DockerCredentials
    let requestLimit: HostRequestLimit
    let authorizations = Mutex(AuthorizationCache())
    private let digests = Mutex(DigestCache())

    package init(credentials: DockerCredentials, options: RegistryOptions = .standard) {
        self.credentials = credentials
        self.options = options
        requestLimit = HostRequestLimit(width: options.requestsPerRegistry)
    }

    /// The digest that the registry has now under the image's tag, or under its digest if it names
    /// one; without either, of `latest`.
    ///
    /// It is the digest of the index where there is one, never of one platform's image.
    package func digest(of image: ImageName, now: Moment) async throws(RegistryError) -> Digest {
        let image = image.withDefaultTag
        do {
            let digest = try await RegistryRequest(about: image, to: self, now: now).digest()
            digests.withLock { $0.remember(digest, of: image, now: now) }
            return digest
        } catch {
            if case .notFound = error.reason { digests.withLock { $0.forget(image) } }
            throw error
        }
    }

    /// The same, from the cache if it is no older than `maxAge`.
    package func digest(
        of image: ImageName,
        now: Moment,
        maxAge: Duration
    ) async throws(RegistryError) -> Digest {
        let cached = digests.withLock {
            $0.digest(of: image.withDefaultTag, now: now, maxAge: maxAge)
        }
        if let cached { return cached }
        return try await digest(of: image, now: now)
    }
}

package struct RegistryOptions: Sendable {
    /// Registries on plain HTTP, as `host:port`, or `host` for all its ports.
    ///
    /// `localhost`, 127.0.0.0/8 and `[::1]` need not be listed.
    var insecureRegistries: Set<String> = []

    /// For a whole lookup, with tokens and retries.
    var timeout = Duration.seconds(30)

    /// For one HTTP request of it.
    var requestTimeout = Duration.seconds(10)

    /// The longest `Retry-After` that is waited for; a longer one fails the lookup.
    var longestPause = Duration.seconds(10)

    var requestsPerRegistry = 4
}

extension RegistryOptions {
    package static let standard = RegistryOptions()

    package init(insecureRegistries: Set<String>) {
        self = .standard
        self.insecureRegistries = insecureRegistries
    }
}
