/// Reads requests from bytes as they come, one after another on the same connection (RFC 9112).
///
/// Used as `ResponseParser` is; after an `.end` it begins with the next request.
package struct RequestParser: Sendable {
    /// A piece of a request.
    package enum Part: Sendable, Equatable {
        /// Everything before the body.
        case head(RequestHead)

        /// The next bytes of the body.
        case body([UInt8])

        /// The end, with the trailer section if there was one.
        case end(trailers: HeaderFields)
    }

    private enum State {
        case requestLine
        case fields(RequestHead, FieldSection)
        case body(BodyReader)
    }

    private let limits: WireLimits
    private var input = InputBuffer()
    private var state = State.requestLine
    private var inputEnded = false
    private var failure: WireError?
    private var sawEmptyLine = false

    /// Makes a parser for a new connection.
    package init(limits: WireLimits) {
        self.limits = limits
    }

    /// Takes bytes that came from the peer.
    package mutating func receive(_ bytes: some Sequence<UInt8>) {
        input.append(bytes)
    }

    /// Notes that the peer closed its side of the connection.
    package mutating func receiveEnd() {
        inputEnded = true
    }

    /// The next part, or nil while the bytes for it have not come.
    ///
    /// A connection that ends between two requests ends well: nil for ever.
    ///
    /// - Throws: `WireError`; answer 400 and close, what follows cannot be told apart. The same
    ///   error comes again at every further call.
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
            case .requestLine:
                guard let line = try input.takeLine("request line", limit: limits.startLineBytes)
                else { return try starve(input.count == 0 ? nil : "request line") }
                // RFC 9112 §2.2: ignore one empty line before the request line.
                if line.isEmpty, !sawEmptyLine {
                    sawEmptyLine = true
                    continue
                }
                state = .fields(
                    try Self.requestLine(line),
                    FieldSection("header field", limits: limits, joinsFoldedLines: false)
                )
            case .fields(var head, var section):
                guard let fields = try section.read(from: &input) else {
                    state = .fields(head, section)
                    return try starve("header section")
                }
                head.fields = fields
                try Self.checkHost(of: head)
                state = .body(try BodyReader(try BodyFraming(of: head), limits: limits))
                return .head(head)
            case .body(var reader):
                // Out of the state while it is changed, so that it is not copied.
                state = .requestLine
                switch try reader.read(from: &input, ended: inputEnded) {
                case .bytes(let bytes):
                    state = .body(reader)
                    return .body(bytes)
                case .end(let trailers):
                    sawEmptyLine = false
                    return .end(trailers: trailers)
                case nil:
                    state = .body(reader)
                    return nil
                }
            }
        }
    }

    private func starve(_ part: String?) throws(WireError) -> Part? {
        if inputEnded, let part { throw .truncated(part: part) }
        return nil
    }

    /// `method SP request-target SP HTTP-version` (RFC 9112 §3).
    private static func requestLine(_ line: ArraySlice<UInt8>) throws(WireError) -> RequestHead {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3,
            parts[0].isToken,
            !parts[1].isEmpty, parts[1].allSatisfy(\.isVisible),
            let minorVersion = minorVersion(parts[2])
        else { throw .malformed(part: "request line", clause: "RFC 9112 §3") }
        return RequestHead(
            method: String(decoding: parts[0], as: UTF8.self),
            target: String(decoding: parts[1], as: UTF8.self),
            minorVersion: minorVersion
        )
    }

    /// RFC 9112 §3.2: an HTTP/1.1 request has one Host field, and no request has two.
    private static func checkHost(of head: RequestHead) throws(WireError) {
        let hosts = head.fields.values(of: "Host").count
        guard hosts == 1 || hosts == 0 && head.minorVersion == 0 else {
            throw .malformed(part: "number of Host fields", clause: "RFC 9112 §3.2")
        }
    }
}
