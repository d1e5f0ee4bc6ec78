import TestSupport

@testable import HTTPWire

/// What a parser made of some bytes: how far it came, and what stopped it.
struct Outcome: Equatable {
    var heads: [ResponseHead] = []
    var body: [UInt8] = []
    var hasEnded = false
    var error: WireError?

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Feeds `bytes` to a response parser in pieces of `size`, then the connection's end.
func parseResponse(
    _ bytes: [UInt8],
    to method: String = "GET",
    limits: WireLimits = WireLimits(bodyBytes: 1000),
    inPiecesOf size: Int = .max,
    ends: Bool = true
) -> Outcome {
    var parser = ResponseParser(method: method, limits: limits)
    var outcome = Outcome()
    do throws(WireError) {
        for piece in pieces(bytes, size, ends: ends) {
            if let piece { parser.receive(piece) } else { parser.receiveEnd() }
            while let part = try parser.next() {
                switch part {
                case .head(let head): outcome.heads.append(head)
                case .body(let bytes): outcome.body += bytes
                case .end: outcome.hasEnded = true
                }
            }
        }
    } catch {
        outcome.error = error
    }
    return outcome
}

/// The bytes in pieces, then nil for the end of the connection.
private func pieces(_ bytes: [UInt8], _ size: Int, ends: Bool) -> [ArraySlice<UInt8>?] {
    let starts = stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1)))
    let cut = starts.map { bytes[$0..<min(bytes.count, $0 + min(size, bytes.count))] }
    return cut + (ends ? [nil] : [])
}

extension String {
    /// The text with `\n` as CRLF, for readable messages in tables.
    var wire: [UInt8] {
        Array(replacing("\n", with: "\r\n").utf8)
    }
}

/// The bytes with up to three of them changed, left out or doubled.
func broken(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(bytes[index], at: index)
        }
    }
    return bytes
}
