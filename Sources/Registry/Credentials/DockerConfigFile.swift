internal import Foundation

/// The credentials in Docker's `config.json`.
struct DockerConfigFile: Decodable {
    /// Where the credentials of a registry are.
    enum Source: Hashable {
        /// With `docker-credential-<name>`.
        case helper(String)

        /// In the file itself.
        case file(Credential)
    }

    private struct Entry: Decodable {
        let auth: String?
        let username: String?
        let password: String?
        let identitytoken: String?
        let registrytoken: String?
    }

    private let auths: [String: Entry]?
    private let credsStore: String?
    private let credHelpers: [String: String]?

    /// Reads the file's content, or that of the variable `DOCKER_AUTH_CONFIG`.
    ///
    /// An error calls it `source`.
    static func read(_ data: Data, from source: String) throws(CredentialError) -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: data)
        } catch {
            // The decoder's own words could quote a secret.
            throw .malformed(source: source, reason: "it is not the JSON of Docker's config.json")
        }
    }

    /// Where the credentials for `key` are: a helper of its own, the helper for all, the file.
    func source(for key: String, from source: String) throws(CredentialError) -> Source? {
        // An empty name switches the helper off, for one registry or for all.
        let helper = credHelpers?[key] ?? credsStore ?? ""
        guard helper.isEmpty else {
            let isPlain = helper.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ".")
            }
            guard isPlain else {
                throw .malformed(source: source, reason: "a credential helper has no valid name")
            }
            return .helper(helper)
        }
        guard let entry = entry(for: key) else { return nil }
        return try Self.credential(entry, key: key, from: source).map { .file($0) }
    }

    /// The exact key, else any whose host is the same: older files have `https://host/v1/`.
    private func entry(for key: String) -> Entry? {
        guard let auths else { return nil }
        if let exact = auths[key] { return exact }
        let host = Self.host(of: key)
        return auths.sorted { $0.key < $1.key }.first { Self.host(of: $0.key) == host }?.value
    }

    private static func host(of key: String) -> Substring {
        var rest = key[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        return rest.prefix { $0 != "/" }
    }

    private static func credential(
        _ entry: Entry,
        key: String,
        from source: String
    ) throws(CredentialError) -> Credential? {
        if let token = entry.registrytoken, !token.isEmpty { return .registryToken(token) }
        if let token = entry.identitytoken, !token.isEmpty { return .identityToken(token) }
        if let auth = entry.auth, !auth.isEmpty {
            guard let decoded = Data(base64Encoded: auth),
                let text = String(data: decoded, encoding: .utf8),
                let colon = text.firstIndex(of: ":"), colon > text.startIndex
            else {
                let reason = "auth of \(key) is not base64 of user:password"
                throw .malformed(source: source, reason: reason)
            }
            // Docker's old encoder filled up with NUL bytes.
            var password = text[colon...].dropFirst()
            while password.last == "\0" { password.removeLast() }
            return .password(user: String(text[..<colon]), password: String(password))
        }
        guard let user = entry.username, !user.isEmpty else { return nil }
        return .password(user: user, password: entry.password ?? "")
    }
}
