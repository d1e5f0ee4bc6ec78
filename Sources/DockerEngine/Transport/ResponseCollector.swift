internal import HTTPWire

/// Collects the parts of a response; one with an error status becomes an `EngineError`.
struct ResponseCollector {
    /// The most bytes kept of an error's body.
    private static let mostErrorBytes = 64 * 1024

    private let call: EngineCall
    private var received: Response?

    init(call: EngineCall) {
        self.call = call
    }

    /// Adds the next part; `onBody` gets the body of a success instead of the collector.
    mutating func add(
        _ part: ResponseParser.Part,
        _ onBody: (([UInt8]) throws(EngineError) -> Void)? = nil
    ) throws(EngineError) {
        switch part {
        case .head(let head):
            received = Response(head: head)
        case .body(let bytes):
            if !isSuccess {
                let room = Self.mostErrorBytes - (received?.body.count ?? 0)
                received?.body += bytes.prefix(max(room, 0))
            } else if let onBody {
                try onBody(bytes)
            } else {
                received?.body += bytes
            }
        case .end:
            break
        }
    }

    /// Whether the head has arrived and is no error; 304 says that the object is in that state.
    var isSuccess: Bool {
        guard let status = received?.head.status else { return false }
        return (200..<300).contains(status) || status == 304
    }

    func response() throws(EngineError) -> Response {
        guard let received else {
            throw EngineError(.malformedResponse, call.operation, "there is no response")
        }
        guard isSuccess else { throw EngineError(received, to: call) }
        return received
    }
}

extension EngineError {
    /// The error of an HTTP status and the daemon's `{"message"}`.
    init(_ response: Response, to call: EngineCall) {
        let status = response.head.status
        let message: String =
            if let error: ErrorBody = try? call.decode(response.body) {
                error.message
            } else {
                String(decoding: response.body, as: UTF8.self)
            }
        // moby/api/server/middleware/version.go: the version is refused before anything is done.
        if status == 400, message.hasPrefix("client version ") {
            let remedy =
                message.contains("too old") ? "update Berth" : "update Docker to 20.10 or newer"
            self.init(.unsupportedVersion, call.operation, "\(message); \(remedy)", status: status)
            return
        }
        let kind: Kind =
            switch status {
            case 400: .badParameter
            case 401, 403: .forbidden
            case 404: .notFound
            case 409: .conflict
            case 500...: .server
            // A redirect, which the API has not.
            case ..<400: .malformedResponse
            default: .server
            }
        self.init(kind, call.operation, message, status: status)
    }
}

private struct ErrorBody: Decodable {
    let message: String
}
