/// Removes the framing of a body, piece by piece.
struct BodyReader {
    enum Step: Equatable {
        case bytes([UInt8])

        /// Trailers are checked and dropped: no answer of our peers has any.
        case end
    }

    private enum State {
        case length(Int)
        case untilClose
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers(FieldSection)
        case ended
    }

    private let limits: WireLimits
    private var state: State
    private var received = 0

    init(_ framing: BodyFraming, limits: WireLimits) throws(WireError) {
        self.limits = limits
        switch framing {
        case .none:
            state = .length(0)
        case .length(let length):
            guard length <= limits.bodyBytes else {
                throw .tooLarge(part: "body", limit: limits.bodyBytes)
            }
            state = .length(length)
        case .chunked:
            state = .chunkSize
        case .untilClose:
            state = .untilClose
        }
    }

    /// The next step, or nil until more bytes have arrived.
    ///
    /// `ended` says that the peer has closed its side, so that nothing more will come.
    mutating func read(
        from input: inout InputBuffer,
        ended: Bool
    ) throws(WireError) -> Step? {
        while true {
            switch state {
            case .length(0):
                return finish()
            case .length(let left):
                let bytes = input.take(upTo: left)
                guard !bytes.isEmpty else { return try starve(ended) }
                state = .length(left - bytes.count)
                return .bytes(bytes)
            case .untilClose:
                let bytes = input.take(upTo: .max)
                if bytes.isEmpty { return ended ? finish() : nil }
                try count(bytes.count)
                return .bytes(bytes)
            case .chunkSize:
                guard try readChunkSize(from: &input) else { return try starve(ended) }
            case .chunk(let left):
                let bytes = input.take(upTo: left)
                guard !bytes.isEmpty else { return try starve(ended) }
                state = left == bytes.count ? .chunkEnd : .chunk(left - bytes.count)
                return .bytes(bytes)
            case .chunkEnd:
                guard let line = try input.takeLine("chunk", limit: limits.chunkLineBytes) else {
                    return try starve(ended)
                }
                guard line.isEmpty else {
                    throw .malformed(part: "chunk", clause: "RFC 9112 §7.1")
                }
                state = .chunkSize
            case .trailers(var section):
                guard try section.read(from: &input) != nil else {
                    state = .trailers(section)
                    return try starve(ended)
                }
                return finish()
            case .ended:
                return nil
            }
        }
    }

    private mutating func finish() -> Step {
        state = .ended
        return .end
    }

    /// RFC 9112 §8: a body that ends before its framing says so is incomplete.
    private func starve(_ ended: Bool) throws(WireError) -> Step? {
        if ended { throw .truncated(part: "body") }
        return nil
    }

    private mutating func count(_ more: Int) throws(WireError) {
        guard more <= limits.bodyBytes - received else {
            throw .tooLarge(part: "body", limit: limits.bodyBytes)
        }
        // A stream without end would overflow an honest sum.
        received = limits.bodyBytes == .max ? 0 : received + more
    }

    /// Reads `chunk-size [ chunk-ext ] CRLF`; false while it has not come.
    private mutating func readChunkSize(from input: inout InputBuffer) throws(WireError) -> Bool {
        guard let line = try input.takeLine("chunk size", limit: limits.chunkLineBytes) else {
            return false
        }
        let digits = line.prefix { $0.hexadecimalValue != nil }
        // RFC 9112 §7.1.1: extensions are bounded above and ignored.
        let rest = line[digits.endIndex...].drop(while: \.isBlank)
        guard !digits.isEmpty, rest.isEmpty || rest.first == .semicolon else {
            throw .malformed(part: "chunk size", clause: "RFC 9112 §7.1")
        }
        // RFC 9112 §7.1 warns of overflow here; sixteen digits could fill the sign bit.
        guard digits.count < 16 else { throw .tooLarge(part: "chunk", limit: limits.bodyBytes) }
        let size = digits.reduce(0) { $0 << 4 | ($1.hexadecimalValue ?? 0) }
        try count(size)
        state =
            size == 0 ? .trailers(FieldSection("trailer field", limits: limits)) : .chunk(size)
        return true
    }
}
