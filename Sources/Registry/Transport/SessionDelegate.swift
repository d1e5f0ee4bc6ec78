internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// The running requests, and the callbacks that collect their answers.
final class SessionDelegate: NSObject, URLSessionDataDelegate, Sendable {
    typealias Outcome = Result<HTTPReply, TransportError>

    private struct Exchange {
        let limit: Int
        let continuation: CheckedContinuation<Outcome, Never>
        var body = Data()
    }

    private let exchanges = Mutex<[Int: Exchange]>([:])

    func open(
        _ task: URLSessionTask,
        limit: Int,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        let exchange = Exchange(limit: limit, continuation: continuation)
        exchanges.withLock { $0[task.taskIdentifier] = exchange }
    }

    /// Cancels the request; does nothing if it has ended.
    func cutOff(_ task: URLSessionTask, _ error: TransportError) {
        guard close(task, { _ in .failure(error) }) else { return }
        task.cancel()
    }

    @discardableResult
    private func close(_ task: URLSessionTask, _ outcome: (Exchange) -> Outcome) -> Bool {
        let exchange = exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
        guard let exchange else { return false }
        exchange.continuation.resume(returning: outcome(exchange))
        return true
    }

    // MARK: - URLSessionDataDelegate

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let id = dataTask.taskIdentifier
        let excess: Int? = exchanges.withLock { exchanges in
            guard let exchange = exchanges[id] else { return nil }
            guard exchange.body.count + data.count <= exchange.limit else { return exchange.limit }
            exchanges[id]?.body.append(data)
            return nil
        }
        guard let limit = excess else { return }
        cutOff(dataTask, .tooLarge(limit: limit))
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        // `Redirect` decides, for URLSession would carry Authorization to any host.
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        // Without an answer the task would hang for ever
        // (swiftlang/swift-corelibs-foundation#5456); "cancel" hands over the 401 as it came.
        completionHandler(.cancelAuthenticationChallenge, nil)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        didCompleteWithError error: (any Error)?
    ) {
        let response = task.response as? HTTPURLResponse
        close(task) { exchange in
            let failure = error.map { TransportError($0) }
            // A 401 or 407 whose challenge was declined is complete, and says "cancelled".
            let isDeclined = failure == .cancelled && [401, 407].contains(response?.statusCode)
            if let failure, !isDeclined { return .failure(failure) }
            guard let response else { return .failure(.unreachable("the answer is not HTTP")) }
            let fields = response.allHeaderFields.compactMap { name, value in
                (name as? String).map { ($0, "\(value)") }
            }
            return .success(
                HTTPReply(
                    status: response.statusCode,
                    fields: Dictionary(fields, uniquingKeysWith: { $0 + ", " + $1 }),
                    body: exchange.body
                )
            )
        }
    }
}
