/// Scheme, host and port (RFC 6454 §4); credentials are sent to the configured remote's only.
struct WebOrigin: Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    /// In lower case, without brackets.
    let host: String
    let port: String

    init(isEncrypted: Bool, host: String, port: String) {
        self.isEncrypted = isEncrypted
        self.host = host.lowercased()
        self.port = port
    }

    /// The origin of an http or https URL; nil for any other text.
    init?(url: some StringProtocol) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else { return nil }
        let authority = url[separator.upperBound...].prefix { !"/?#".contains($0) }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
        self.init(authority: place ?? authority, isEncrypted: scheme == "https")
    }

    /// The server that bytes on a connection are meant for, also through a proxy; nil if they do
    /// not begin a request or a TLS session.
    init?(asking bytes: some Collection<UInt8>, over host: String, port: String) {
        // A TLS record of the kind "handshake" (RFC 8446 §5.1).
        if bytes.first == 0x16 {
            self.init(isEncrypted: true, host: host, port: port)
            return
        }
        let line = bytes.prefix(4096).prefix { $0 != 0x0D && $0 != 0x0A }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/") else { return nil }
        if words[0] == "CONNECT" {
            self.init(authority: words[1], isEncrypted: true)
        } else if words[1].hasPrefix("/") {
            self.init(isEncrypted: false, host: host, port: port)
        } else {
            self.init(url: words[1])
        }
    }

    private init(authority: some StringProtocol, isEncrypted: Bool) {
        // An address of IPv6 has colons of its own.
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[end...].firstIndex(of: ":")
        let host = authority[..<(colon ?? authority.endIndex)]
        let port = colon.map { String(authority[authority.index(after: $0)...]) } ?? ""
        self.init(
            isEncrypted: isEncrypted,
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host),
            port: port.isEmpty ? (isEncrypted ? "443" : "80") : port
        )
    }

    var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "https" : "http")://\(name):\(port)"
    }
}
