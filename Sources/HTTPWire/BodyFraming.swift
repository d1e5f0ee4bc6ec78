/// Where a message's body ends (RFC 9112 §6.3).
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
    case untilClose
}

extension BodyFraming {
    /// The framing of the response to a request with this method.
    init(of head: ResponseHead, to method: String) throws(WireError) {
        // Rule 1: whatever the fields say.
        if head.isBodiless || method == "HEAD" {
            self = .none
            return
        }
        if let codings = try Self.codings(head.fields, head.minorVersion) {
            // Rule 4: a response whose last coding is not chunked runs until the end. No coding
            // but chunked is understood here, so there is nothing such a body could mean.
            guard codings == ["chunked"] else {
                throw .unsupported("the transfer coding \(codings.joined(separator: ", "))")
            }
            self = .chunked
            return
        }
        // Rules 6 and 8.
        self = try Self.length(head.fields).map { .length($0) } ?? .untilClose
    }

    /// The transfer codings, or nil if there are none.
    private static func codings(
        _ fields: HeaderFields,
        _ minorVersion: Int
    ) throws(WireError) -> [String]? {
        guard fields["Transfer-Encoding"] != nil else { return nil }
        // RFC 9112 §6.1: reject simultaneous Content-Length and Transfer-Encoding, and a transfer
        // coding from a peer of a version that has none: both may be request smuggling.
        guard fields["Content-Length"] == nil else {
            throw .malformed(
                part: "Content-Length beside a Transfer-Encoding",
                clause: "RFC 9112 §6.1"
            )
        }
        guard minorVersion >= 1 else {
            throw .malformed(part: "Transfer-Encoding in HTTP/1.0", clause: "RFC 9112 §6.1")
        }
        return fields.tokens(of: "Transfer-Encoding")
    }

    private static func length(_ fields: HeaderFields) throws(WireError) -> Int? {
        let values = fields.values(of: "Content-Length")
        guard let first = values.first else { return nil }
        // RFC 9112 §6.3 rule 5: several lengths are an error, unless all say the same. Lists are
        // refused even then, no peer of ours sends them.
        guard values.allSatisfy({ $0 == first }), let length = first.utf8.decimalNumber else {
            throw .malformed(part: "Content-Length", clause: "RFC 9112 §6.3")
        }
        return length
    }
}
