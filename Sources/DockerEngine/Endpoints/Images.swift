internal import Foundation
internal import HTTPWire
internal import Synchronization

/// Images, by name with tag or digest, or by ID.
extension EngineClient {
    /// `GET /images/{name}/json`.
    ///
    /// `image`: such as `nginx:1.27`, `nginx@sha256:…` or `sha256:…`.
    /// Fails with `notFound` if it is not on this host.
    package func inspectImage(_ image: String) async throws(EngineError) -> ImageDetails {
        try await fetch(EngineCall(.get, "/images/\(image: image)/json"))
    }

    /// `POST /images/create`, then an inspection, for the answer alone does not prove the pull.
    ///
    /// - Parameters:
    ///   - repository: The image's name without tag and digest, such as `ghcr.io/owner/app`.
    ///   - version: The tag or the digest; Docker would pull every tag without.
    ///   - platform: Such as `linux/arm64`; nil for the host's.
    ///   - credential: For the registry.
    ///   - progress: Called for every step, on a thread of the client's; must not block.
    /// - Returns: The image as it is on this host now.
    /// - Throws: `EngineError`; `pullFailed` if the registry refuses or has no such image.
    package func pullImage(
        _ repository: String,
        _ version: ImageVersion,
        platform: String? = nil,
        credential: RegistryCredential? = nil,
        progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws(EngineError) -> ImageDetails {
        let image = repository + version.suffix
        var call = EngineCall(.post, "/images/create", about: image)
        try Self.check(repository, version, call)
        call.add("fromImage", repository)
        call.add("tag", version.text)
        call.add("platform", platform)
        call.bodyLimit = .max
        call.timeout = timeouts.pull
        call.idleTimeout = timeouts.pullIdle
        call.isLong = true
        if let credential {
            // Base64 with the alphabet for URLs (RFC 4648 §5), padded.
            let json = Data(try call.encode(credential.fields)).base64EncodedString()
            call.fields["X-Registry-Auth"] = json.replacing("+", with: "-")
                .replacing("/", with: "_")
        }
        let reader = PullReader(call: call, progress: progress)
        do throws(EngineError) {
            try await perform(
                call,
                onBody: { bytes throws(EngineError) in try reader.add(bytes) }
            ) { _ throws(EngineError) in try reader.finish() }
        } catch {
            // Before the first byte the registry's refusal is a status, after it a line.
            guard error.status != nil, error.kind != .unsupportedVersion else { throw error }
            throw EngineError(.pullFailed, call.operation, error.message, status: error.status)
        }
        return try await inspectImage(image)
    }

    /// Refuses what Docker would read as something else than one image.
    private static func check(
        _ repository: String,
        _ version: ImageVersion,
        _ call: EngineCall
    ) throws(EngineError) {
        let last = repository.split(separator: "/").last ?? ""
        guard !last.isEmpty, !last.contains(":"), !repository.contains("@") else {
            throw EngineError(
                .badParameter,
                call.operation,
                "the name of an image to pull must have no tag and no digest"
            )
        }
        guard version.isPlausible else {
            throw EngineError(.badParameter, call.operation, "this is neither a tag nor a digest")
        }
    }
}

package struct ImageDetails: Sendable, Equatable, Decodable {
    /// The digest of its configuration, or on the containerd store of its manifest or index.
    package let id: String

    /// With their tags.
    package let repoTags: [String]

    /// As `name@sha256:…` with Docker's short names.
    package let repoDigests: [String]

    /// What a container of it has by default.
    package let config: ContainerConfig
}

package enum ImageVersion: Sendable, Hashable {
    case tag(String)

    /// Such as `sha256:…`.
    case digest(String)

    fileprivate var text: String {
        switch self {
        case .tag(let text), .digest(let text): text
        }
    }

    fileprivate var suffix: String {
        switch self {
        case .tag(let tag): ":\(tag)"
        case .digest(let digest): "@\(digest)"
        }
    }

    /// distribution/reference: a tag has no colon, a digest always has one.
    fileprivate var isPlausible: Bool {
        switch self {
        case .tag(let tag): !tag.isEmpty && !tag.contains { ":@/".contains($0) }
        case .digest(let digest): digest.contains(":") && !digest.contains { "@/".contains($0) }
        }
    }
}

/// A login at a registry; it prints as its kind only, so that no log holds a secret.
package enum RegistryCredential: Sendable, Equatable {
    /// A password or an access token, for a registry such as `ghcr.io`.
    case password(user: String, password: String, registry: String)

    /// A token that the registry exchanges for others (OAuth 2 refresh token).
    case identityToken(String, registry: String)

    /// A bearer token for the registry itself.
    case registryToken(String)

    /// What `X-Registry-Auth` holds.
    fileprivate var fields: [String: String] {
        switch self {
        case .password(let user, let password, let registry):
            ["username": user, "password": password, "serveraddress": registry]
        case .identityToken(let token, let registry):
            ["identitytoken": token, "serveraddress": registry]
        case .registryToken(let token):
            ["registrytoken": token]
        }
    }
}

extension RegistryCredential: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String {
        switch self {
        case .password(let user, _, let registry): "password of \(user) at \(registry)"
        case .identityToken(_, let registry): "identity token for \(registry)"
        case .registryToken: "registry token"
        }
    }

    package var debugDescription: String { description }

    /// Empty, so that `dump` shows no secret either.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// One step of a pull, for one layer or for the image.
package struct PullProgress: Sendable, Equatable {
    /// By the start of its digest; nil for the image as a whole.
    package let layer: String?

    /// Such as `Downloading` or `Pull complete`.
    package let status: String

    /// Bytes that are done, where they are counted.
    package let current: Int64?

    /// Bytes to do, where they are known.
    package let total: Int64?
}

/// Reads a pull's answer line by line: progress, and whether it failed.
private final class PullReader: Sendable {
    private struct State {
        var lines = LineSplitter()
        var failure: String?
    }

    /// Progress, or the error that ended the pull.
    private struct Line: Decodable {
        struct Detail: Decodable {
            let current: Int64?
            let total: Int64?
        }

        struct Failure: Decodable {
            let message: String?
        }

        let id: String?
        let status: String?
        let progressDetail: Detail?
        let errorDetail: Failure?

        /// What `errorDetail` replaces since API 1.48.
        let error: String?
    }

    private let call: EngineCall
    private let progress: @Sendable (PullProgress) -> Void
    private let state = Mutex(State())

    init(call: EngineCall, progress: @escaping @Sendable (PullProgress) -> Void) {
        self.call = call
        self.progress = progress
    }

    func add(_ bytes: [UInt8]) throws(EngineError) {
        let lines = try state.withLock { state throws(EngineError) in
            try state.lines.add(bytes, call)
        }
        for line in lines { try read(line) }
    }

    /// Reads the rest and throws the failure that the answer reported.
    func finish() throws(EngineError) {
        if let line = state.withLock({ $0.lines.finish() }) { try read(line) }
        guard let failure = state.withLock({ $0.failure }) else { return }
        throw EngineError(.pullFailed, call.operation, failure)
    }

    private func read(_ text: [UInt8]) throws(EngineError) {
        let line: Line = try call.decode(text)
        let failure = line.errorDetail.map { $0.message ?? line.error ?? "" } ?? line.error
        if let failure { state.withLock { $0.failure = failure } }
        guard let status = line.status else { return }
        progress(
            PullProgress(
                layer: line.id,
                status: status,
                current: line.progressDetail?.current,
                total: line.progressDetail?.total
            )
        )
    }
}
