internal import Digests
internal import Foundation
internal import Model

extension RegistryRequest {
    /// containerd's bound, and the one registries keep to.
    private static let manifestLimit = 4 << 20

    /// Without all of these, registries answer with one platform's image or with the old schema 1,
    /// whose digests differ.
    private static let manifestTypes = [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]

    /// The digest under the image's tag or digest (distribution-spec, "Checking if content exists
    /// in the registry").
    ///
    /// HEAD first, which no rate limit counts; GET where HEAD is not allowed, where it is forbidden
    /// (only the body says why), and where the answer has no digest.
    func digest() async throws(RegistryError) -> Digest {
        let reference = image.digest?.description ?? image.tag ?? "latest"
        let url = try url("manifests/\(reference)")
        let accept = (Self.manifestTypes + ["*/*"]).joined(separator: ", ")
        var request = HTTPRequest(method: .head, url: url, fields: ["Accept": accept])
        let head = try await answer(to: request, limit: Self.manifestLimit)
        switch head.status {
        case 200..<300:
            try checkType(head, url)
            if let digest = head["Docker-Content-Digest"].flatMap({ Digest($0) }) {
                return try checked(digest, url)
            }
        case 403, 405: break
        default: throw failure(for: head, url)
        }

        request.method = .get
        let reply = try await answer(to: request, limit: Self.manifestLimit)
        guard reply.isSuccess else { throw failure(for: reply, url) }
        try checkType(reply, url)
        guard Self.isManifest(reply.body) else {
            throw failure(.malformed("the answer is not a manifest"), url)
        }
        let digest = Digest(hashing: reply.body)
        if let said = reply["Docker-Content-Digest"].flatMap({ Digest($0) }), said != digest {
            let detail = "its header says \(said.short), its body has \(digest.short)"
            throw failure(.malformed(detail), url)
        }
        return try checked(digest, url)
    }

    /// A digest that was requested has to be the answer.
    private func checked(_ digest: Digest, _ url: URL) throws(RegistryError) -> Digest {
        guard let wanted = image.digest, wanted != digest else { return digest }
        let detail = "it was asked for \(wanted.short) and returned \(digest.short)"
        throw failure(.malformed(detail), url)
    }

    /// Schema 1 was signed on the fly; nothing can be pulled by its digest today.
    private func checkType(_ reply: HTTPReply, _ url: URL) throws(RegistryError) {
        guard let type = reply.mediaType,
            type.hasPrefix("application/vnd.docker.distribution.manifest.v1")
        else { return }
        throw failure(.malformed("the image is in schema 1, which must be pushed again"), url)
    }

    /// The page of a proxy or a login form has a digest, too.
    private static func isManifest(_ body: Data) -> Bool {
        struct Manifest: Decodable {
            let schemaVersion: Int
        }
        return (try? JSONDecoder().decode(Manifest.self, from: body))?.schemaVersion == 2
    }
}
