package import Digests
package import Foundation
import FoundationNetworking

extension PrivateRegistry {
    /// A tar file, and the image's configuration beside the layers.
    package struct Layer: Sendable {
        /// The tar file, not compressed.
        package let tar: Data

        /// Takes a tar file that is there already.
        package init(tar: Data) {
            self.tar = tar
        }

        /// A layer with one file at `path`, relative to the root.
        package static func file(
            _ path: String,
            _ content: Data,
            isExecutable: Bool = false
        ) -> Layer {
            Layer(tar: TarFile.archive([(path, content, isExecutable ? 0o755 : 0o644)]))
        }
    }

    /// What a container of the image runs; part of the image's `config` (OCI image-spec, config.md).
    package struct Recipe: Sendable {
        /// The program and its first arguments.
        package var entrypoint: [String]
        /// `NAME=value`.
        package var environment: [String]
        /// Labels.
        package var labels: [String: String]

        /// An image that runs nothing by itself.
        package init(
            entrypoint: [String] = [],
            environment: [String] = [],
            labels: [String: String] = [:]
        ) {
            self.entrypoint = entrypoint
            self.environment = environment
            self.labels = labels
        }
    }

    /// Pushes an image by plain HTTP, as `docker push` would, and returns its manifest's digest.
    ///
    /// The image is for this machine's architecture.
    @discardableResult
    package func push(
        _ repository: String,
        tag: String,
        layers: [Layer],
        recipe: Recipe = Recipe()
    ) async throws -> Digest {
        let config = try Self.config(layers, recipe)
        for blob in [config] + layers.map(\.tar) {
            try await upload(blob, to: repository)
        }
        let type = "application/vnd.oci.image.manifest.v1+json"
        let manifest = try Self.json([
            "schemaVersion": 2,
            "mediaType": type,
            "config": Self.descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": layers.map {
                Self.descriptor($0.tar, "application/vnd.oci.image.layer.v1.tar")
            },
        ])
        var request = try request("PUT", "/v2/\(repository)/manifests/\(tag)")
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        _ = try await send(request, manifest, expecting: 201)
        return Digest(hashing: manifest)
    }

    /// Removes a manifest, and with it every tag that points at it.
    package func delete(_ repository: String, _ digest: Digest) async throws {
        let request = try request("DELETE", "/v2/\(repository)/manifests/\(digest)")
        _ = try await send(request, nil, expecting: 202)
    }

    /// distribution-spec, "Pushing a blob monolithically": POST, then PUT.
    private func upload(_ blob: Data, to repository: String) async throws {
        let start = try request("POST", "/v2/\(repository)/blobs/uploads/")
        let opened = try await send(start, nil, expecting: 202)
        guard let location = opened.value(forHTTPHeaderField: "Location"),
            let base = start.url,
            var parts = URLComponents(
                string: URL(string: location, relativeTo: base)?.absoluteString ?? ""
            )
        else { throw URLError(.badServerResponse) }
        let digest = URLQueryItem(name: "digest", value: Digest(hashing: blob).description)
        parts.queryItems = (parts.queryItems ?? []) + [digest]
        guard let url = parts.url else { throw URLError(.badURL) }
        var finish = try request("PUT", "/")
        finish.url = url
        finish.setValue("application/octet-stream", forHTTPHeaderField: "Content-Type")
        _ = try await send(finish, blob, expecting: 201)
    }

    private func request(_ method: String, _ path: String) throws -> URLRequest {
        guard let url = URL(string: "http://\(address)\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url, timeoutInterval: 20)
        request.httpMethod = method
        if isProtected {
            let proof = StubRegistry.basic(Self.user, Self.password)
            request.setValue(proof, forHTTPHeaderField: "Authorization")
        }
        return request
    }

    private func send(
        _ request: URLRequest,
        _ body: Data?,
        expecting status: Int
    ) async throws -> HTTPURLResponse {
        var request = request
        request.httpBody = body
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse, response.statusCode == status else {
            let text = String(decoding: data.prefix(500), as: UTF8.self)
            throw URLError(.badServerResponse, userInfo: [NSLocalizedDescriptionKey: text])
        }
        return response
    }

    private static func config(_ layers: [Layer], _ recipe: Recipe) throws -> Data {
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "amd64"
        #endif
        let content: [String: Any] = [
            "architecture": architecture,
            "os": "linux",
            "config": [
                "Entrypoint": recipe.entrypoint,
                "Env": recipe.environment,
                "Labels": recipe.labels,
            ],
            "rootfs": [
                "type": "layers",
                "diff_ids": layers.map { Digest(hashing: $0.tar).description },
            ],
        ]
        return try json(content)
    }

    private static func descriptor(_ blob: Data, _ type: String) -> [String: Any] {
        ["mediaType": type, "size": blob.count, "digest": Digest(hashing: blob).description]
    }

    private static func json(_ object: [String: Any]) throws -> Data {
        try JSONSerialization.data(
            withJSONObject: object,
            options: [.sortedKeys, .withoutEscapingSlashes]
        )
    }
}

/// Tar files (POSIX ustar).
enum TarFile {
    /// Regular files with their paths (at most 100 bytes each) and modes, owned by root.
    static func archive(_ files: [(path: String, content: Data, mode: Int)]) -> Data {
        var archive = Data()
        for file in files {
            archive += header(file.path, file.content.count, file.mode)
            archive += file.content
            archive += Data(count: (512 - file.content.count % 512) % 512)
        }
        return archive + Data(count: 1024)
    }

    private static func header(_ path: String, _ size: Int, _ mode: Int) -> Data {
        precondition(path.utf8.count <= 100, "a longer path needs another header")
        var header = Data(count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: Data(text.utf8))
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(path, at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6) + "\u{0} ", at: 148)
        return header
    }
}
