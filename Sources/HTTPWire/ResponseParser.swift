/// The status line and header section of a response.
package struct ResponseHead: Sendable, Equatable {
    /// 100 to 599.
    package let status: Int

    /// 1 for HTTP/1.1.
    let minorVersion: Int

    package internal(set) var fields = HeaderFields()

    /// Whether a response with this status never has a body (RFC 9112 §6.3, rule 1).
    var isBodiless: Bool {
        status < 200 || status == 204 || status == 304
    }
}

/// A response with its whole body, without chunking.
package struct Response: Sendable, Equatable {
    package let head: ResponseHead
    package var body: [UInt8] = []

    package init(head: ResponseHead) {
        self.head = head
    }
}

/// Parses one response from bytes as they arrive (RFC 9112).
///
/// Call `receive` for bytes, `receiveEnd` for the end of the connection, and then `next` until it
/// returns nil.
package struct ResponseParser: Sendable {
    package enum Part: Sendable, Equatable {
        /// Interim responses (1xx) are not reported.
        case head(ResponseHead)
        case body([UInt8])
        case end
    }

    /// A server may send several interim responses; one that sends this many is broken.
    private static let mostInterimResponses = 16

    private enum State {
        case statusLine
        case fields(ResponseHead, FieldSection)
        case body(BodyReader)
        case ended
    }

    private let method: String
    private let limits: WireLimits
    private var input = InputBuffer()
    private var state = State.statusLine
    private var inputEnded = false
    private var failure: WireError?
    private var interimResponses = 0

    /// A parser for the response to a request with this method.
    package init(method: String, limits: WireLimits) {
        self.method = method
        self.limits = limits
    }

    package mutating func receive(_ bytes: some Sequence<UInt8>) {
        input.append(bytes)
    }

    package mutating func receiveEnd() {
        inputEnded = true
    }

    /// The next part, or nil until more bytes have arrived, and after the end.
    ///
    /// - Throws: `WireError`, at every further call again; the connection cannot be used further.
    package mutating func next() throws(WireError) -> Part? {
        if let failure { throw failure }
        do throws(WireError) {
            return try read()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func read() throws(WireError) -> Part? {
        while true {
            switch state {
            case .statusLine:
                guard let line = try input.takeLine("status line", limit: limits.startLineBytes)
                else { return try starve("response") }
                let head = try Self.statusLine(line)
                state = .fields(head, FieldSection("header field", limits: limits))
            case .fields(var head, var section):
                guard let fields = try section.read(from: &input) else {
                    state = .fields(head, section)
                    return try starve("header section")
                }
                head.fields = fields
                if head.status < 200 {
                    try skipInterim(head)
                    continue
                }
                let framing = try BodyFraming(of: head, to: method)
                state = .body(try BodyReader(framing, limits: limits))
                return .head(head)
            case .body(var reader):
                // Out of the state while it is changed, so that it is not copied.
                state = .ended
                switch try reader.read(from: &input, ended: inputEnded) {
                case .bytes(let bytes):
                    state = .body(reader)
                    return .body(bytes)
                case .end:
                    return .end
                case nil:
                    state = .body(reader)
                    return nil
                }
            case .ended:
                return nil
            }
        }
    }

    private func starve(_ part: String) throws(WireError) -> Part? {
        if inputEnded { throw .truncated(part: part) }
        return nil
    }

    /// RFC 9110 §15.2: a client skips interim responses, even if it did not ask for them.
    private mutating func skipInterim(_ head: ResponseHead) throws(WireError) {
        // RFC 9110 §15.2.2: what follows a 101 is another protocol, which was not requested.
        guard head.status != 101 else { throw .unsupported("a switch of protocols") }
        interimResponses += 1
        guard interimResponses <= Self.mostInterimResponses else {
            throw .tooLarge(part: "number of interim responses", limit: Self.mostInterimResponses)
        }
        state = .statusLine
    }

    /// `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 §4).
    ///
    /// The second space is optional here, as some servers leave it out with the reason.
    private static func statusLine(_ line: ArraySlice<UInt8>) throws(WireError) -> ResponseHead {
        let parts = line.split(separator: .space, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2,
            let minorVersion = minorVersion(parts[0]),
            parts[1].count == 3,
            let status = parts[1].decimalNumber,
            (100...599).contains(status)
        else { throw .malformed(part: "status line", clause: "RFC 9112 §4") }
        let reason = parts.count == 3 ? parts[2] : []
        guard reason.allSatisfy(\.isFieldContent) else {
            throw .malformed(part: "reason phrase", clause: "RFC 9112 §4")
        }
        return ResponseHead(status: status, minorVersion: minorVersion)
    }
}

/// The minor version of `HTTP/1.x`, or nil for anything else (RFC 9112 §2.3).
private func minorVersion(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.count == 8, text.starts(with: "HTTP/1.".utf8), let digit = text.last, digit.isDigit
    else { return nil }
    return Int(digit - UInt8(ascii: "0"))
}

/// How much a parser accepts from the peer.
package struct WireLimits: Sendable, Equatable {
    var startLineBytes = 8 * 1024

    /// For a header section, and for a trailer section.
    var fieldBytes = 64 * 1024

    /// Of a header section, and of a trailer section.
    var fieldCount = 128

    /// Of the line of a chunk's size, extensions included.
    var chunkLineBytes = 1024

    /// `Int.max` for a stream without end.
    let bodyBytes: Int

    package init(bodyBytes: Int) {
        self.bodyBytes = bodyBytes
    }
}
