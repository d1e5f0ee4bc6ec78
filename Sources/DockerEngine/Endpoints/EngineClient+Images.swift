internal import Foundation
internal import HTTPWire

/// Images, by name with tag or digest, or by ID.
extension EngineClient {
    /// Maps to `GET /images/{name}/json`.
    ///
    /// - Parameter image: The image, such as `nginx:1.27`, `nginx@sha256:…` or `sha256:…`.
    /// - Returns: Everything about it.
    /// - Throws: `EngineError`; `notFound` if it is not on this host.
    package func inspectImage(_ image: String) async throws(EngineError) -> ImageDetails {
        try await fetch(EngineCall(.get, "/images/\(image: image)/json"))
    }

    /// Maps to `POST /images/create`, and looks afterwards whether the image is really there.
    ///
    /// - Parameters:
    ///   - repository: The image's name without tag and digest, such as `ghcr.io/owner/app`.
    ///   - version: The tag or the digest; Docker would pull every tag without.
    ///   - platform: The platform to pull, such as `linux/arm64`; nil for the host's.
    ///   - credential: What proves to the registry who pulls.
    ///   - progress: Called for every step, from a thread of the client's; must not block.
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
        if let credential { call.fields["X-Registry-Auth"] = try Self.header(credential, call) }
        let reader = PullReader(call: call, progress: progress)
        let manner = Manner(
            timeout: timeouts.pull,
            silence: timeouts.pullSilence,
            isLasting: true
        )
        do throws(EngineError) {
            try await perform(
                call,
                manner,
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
                "the name of an image to pull must come without tag and digest"
            )
        }
        guard version.isPlausible else {
            throw EngineError(.badParameter, call.operation, "this is no tag and no digest")
        }
    }

    /// The header's value: JSON in base64 with the alphabet for URLs (RFC 4648 §5), padded.
    private static func header(
        _ credential: RegistryCredential,
        _ call: EngineCall
    ) throws(EngineError) -> String {
        var encoder = call
        try encoder.setBody(credential)
        return Data(encoder.body).base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
    }
}

/// Which of the images of a name.
package enum ImageVersion: Sendable, Hashable {
    /// The one a tag points at right now.
    case tag(String)

    /// The one with this digest, such as `sha256:…`.
    case digest(String)

    var text: String {
        switch self {
        case .tag(let text), .digest(let text): text
        }
    }

    var suffix: String {
        switch self {
        case .tag(let tag): ":\(tag)"
        case .digest(let digest): "@\(digest)"
        }
    }

    /// distribution/reference: a tag has no colon, a digest always has one.
    var isPlausible: Bool {
        switch self {
        case .tag(let tag): !tag.isEmpty && !tag.contains { ":@/".contains($0) }
        case .digest(let digest): digest.contains(":") && !digest.contains { "@/".contains($0) }
        }
    }
}
