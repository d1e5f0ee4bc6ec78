internal import Foundation

/// Why a request has no complete answer.
enum TransportError: Error, Hashable {
    case unreachable(String)
    case tls(String)
    case timedOut
    case tooLarge(limit: Int)
    case cancelled
    case badRedirect(String)

    /// Classifies an error of URLSession.
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
