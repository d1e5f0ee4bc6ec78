internal import Foundation

/// Why there is no whole answer.
enum TransportError: Error, Hashable {
    /// No connection, or one that broke.
    case unreachable(String)
    /// The two sides did not agree on a secure connection.
    case tls(String)
    /// The time was up.
    case timedOut
    /// The body is longer than the caller accepts.
    case tooLarge(limit: Int)
    /// The caller's task was cancelled.
    case cancelled
    /// The answer sends us where we do not go.
    case badRedirect(String)

    /// Sorts an error of URLSession.
    ///
    /// FoundationNetworking maps only some of libcurl's codes (EasyHandle.swift, `urlErrorCode`);
    /// TLS failures arrive as "unknown" with libcurl's text, which is all there is to go by.
    /// How long it took is left out, so that the same failure has the same text and is logged once.
    init(_ error: any Error) {
        let error = error as NSError
        let text = error.localizedDescription
            .replacing(/\ after \d+ (ms|milliseconds)/, with: "")
        let isSecureConnectionCode = -1206 ... -1200 ~= error.code
        let speaksOfTLS = ["SSL", "TLS", "certificate"].contains { text.contains($0) }
        switch error.code {
        case NSURLErrorTimedOut: self = .timedOut
        case NSURLErrorCancelled: self = .cancelled
        case _ where isSecureConnectionCode || speaksOfTLS: self = .tls(text)
        default: self = .unreachable(text)
        }
    }
}
