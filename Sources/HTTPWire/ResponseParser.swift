/// Reads one response from bytes as they come (RFC 9112).
///
/// Give it bytes with `receive`, tell it of the connection's end with `receiveEnd`, and call `next`
/// until it returns nil.
package struct ResponseParser: Sendable {
    /// A piece of a response.
    package enum Part: Sendable, Equatable {
        /// Everything before the body; interim responses (1xx) are not reported.
        case head(ResponseHead)

        /// The next bytes of the body.
        case body([UInt8])

        /// The end, with the trailer section if there was one.
        case end(trailers: HeaderFields)
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

    /// Makes a parser for the response to a request with this method.
    package init(method: String, limits: WireLimits) {
        self.method = method
        self.limits = limits
    }

    /// Takes bytes that came from the peer.
    package mutating func receive(_ bytes: some Sequence<UInt8>) {
        input.append(bytes)
    }

    /// Notes that the peer closed the connection.
    package mutating func receiveEnd() {
        inputEnded = true
    }

    /// The next part, or nil while the bytes for it have not come, and after the end.
    ///
    /// - Throws: `WireError`; the connection is then of no further use, and the same error comes
    ///   again at every further call.
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
                state = .fields(
                    head,
                    FieldSection("header field", limits: limits, joinsFoldedLines: true)
                )
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
                case .end(let trailers):
                    return .end(trailers: trailers)
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

    /// RFC 9110 §15.2: a client reads past interim responses, whether it asked for them or not.
    private mutating func skipInterim(_ head: ResponseHead) throws(WireError) {
        // RFC 9110 §15.2.2: what follows a 101 is another protocol, and none was asked for.
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
        return ResponseHead(
            status: status,
            reason: String(decoding: reason, as: UTF8.self),
            minorVersion: minorVersion
        )
    }
}

/// The minor version of `HTTP/1.x`, or nil for anything else (RFC 9112 §2.3).
func minorVersion(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.count == 8, text.starts(with: "HTTP/1.".utf8), let digit = text.last, digit.isDigit
    else { return nil }
    return Int(digit - UInt8(ascii: "0"))
}
