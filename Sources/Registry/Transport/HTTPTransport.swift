internal import Dispatch
internal import Foundation
internal import FoundationNetworking

/// HTTP and HTTPS over URLSession, one for the whole process.
///
/// One session for good, for two reasons: connections are reused, and FoundationNetworking may
/// crash when a session goes away while libcurl closes its TLS connections
/// (swiftlang/swift-corelibs-foundation#5491).
///
/// It keeps no cookies, no cache and no credentials, and follows no redirect.
/// libcurl takes proxies from the environment: `HTTPS_PROXY`, `http_proxy`, `NO_PROXY`.
final class HTTPTransport: Sendable {
    static let shared = HTTPTransport()

    private let transfers = SessionDelegate()
    private let session: URLSession
    private let timers = DispatchQueue(label: "berth.registry.deadlines")

    private init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        let callbacks = OperationQueue()
        callbacks.name = "berth.registry.callbacks"
        callbacks.maxConcurrentOperationCount = 1
        session = URLSession(
            configuration: configuration,
            delegate: transfers,
            delegateQueue: callbacks
        )
    }

    /// Sends `request` and waits for the whole answer.
    ///
    /// The transfer is cut off when the body passes `limit` bytes, at `deadline`, and when the
    /// task is cancelled.
    func send(
        _ request: HTTPRequest,
        limit: Int,
        until deadline: ContinuousClock.Instant
    ) async throws(TransportError) -> HTTPReply {
        let remaining = deadline - .now
        guard remaining > .zero else { throw .timedOut }
        guard !Task.isCancelled else { throw .cancelled }
        let task = session.dataTask(with: Self.urlRequest(request, remaining))
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfers.open(task, limit: limit, continuation)
                task.resume()
                // The task may have been cancelled before there was anything to cancel.
                if Task.isCancelled { transfers.cutOff(task, .cancelled) }
                let milliseconds = Int(remaining / .milliseconds(1))
                timers.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
                    self.transfers.cutOff(task, .timedOut)
                }
            }
        } onCancel: {
            transfers.cutOff(task, .cancelled)
        }
        return try result.get()
    }

    private static func urlRequest(_ request: HTTPRequest, _ timeout: Duration) -> URLRequest {
        // The session's own timer is a second rope: ours fires first.
        var copy = URLRequest(url: request.url, timeoutInterval: timeout / .seconds(1) + 5)
        copy.httpMethod = request.method.rawValue
        copy.httpBody = request.body
        // Digests are of the bytes as stored; nothing is to repack them on the way.
        copy.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        copy.setValue("berth", forHTTPHeaderField: "User-Agent")
        for (field, value) in request.fields {
            copy.setValue(value, forHTTPHeaderField: field)
        }
        return copy
    }
}
