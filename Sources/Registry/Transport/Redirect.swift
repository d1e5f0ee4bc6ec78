internal import Foundation

/// Redirects (RFC 9110 §15.4).
enum Redirect {
    /// How many in a row are followed.
    static let limit = 5

    /// The request to send next; nil if `reply` is no redirect.
    ///
    /// Only GET and HEAD are redirected: the form of a POST carries a secret.
    /// Authorization is sent to the original host only, and HTTPS is never left for HTTP.
    static func next(
        after reply: HTTPReply,
        to request: HTTPRequest
    ) throws(TransportError) -> HTTPRequest? {
        guard [301, 302, 303, 307, 308].contains(reply.status) else { return nil }
        guard request.method != .post else {
            throw .badRedirect("a request with credentials was redirected")
        }
        guard let location = reply["Location"],
            let url = URL(string: location, relativeTo: request.url)?.absoluteURL,
            let origin = Origin(url), url.user == nil, url.password == nil
        else { throw .badRedirect("a redirect has no usable Location") }
        let previous = Origin(request.url)
        guard origin.scheme == "https" || previous?.scheme == "http" else {
            throw .badRedirect("a redirect leaves HTTPS for plain HTTP")
        }
        var next = request
        next.url = url
        return origin == previous ? next : next.authorized(by: nil)
    }
}

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
