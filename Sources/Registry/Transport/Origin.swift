internal import Foundation

/// Scheme, host and port: what two URLs must share to be one server (RFC 6454 §4).
struct Origin: Hashable {
    let scheme: String
    let host: String
    let port: Int

    /// Nil for anything but HTTP and HTTPS with a host.
    init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host()?.lowercased(), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = url.port ?? (scheme == "https" ? 443 : 80)
    }
}
