internal import Foundation

/// Where an answer sends a request on to (RFC 9110 §15.4).
enum Redirect {
    /// How many in a row are followed.
    static let limit = 5

    /// The request to send next; nil if `reply` is no redirect.
    ///
    /// Only GET and HEAD go on: the form of a POST carries a secret.
    /// Authorization stays with the host that it was made for, and nothing goes from HTTPS to HTTP.
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
        else { throw .badRedirect("a redirect names no usable place") }
        let previous = Origin(request.url)
        guard origin.scheme == "https" || previous?.scheme == "http" else {
            throw .badRedirect("a redirect leaves HTTPS for plain HTTP")
        }
        var next = request
        next.url = url
        return origin == previous ? next : next.authorized(by: nil)
    }
}
