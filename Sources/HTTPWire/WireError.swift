/// Why bytes are not the HTTP/1.1 message they should be.
package enum WireError: Error, Sendable, Equatable {
    /// The peer broke the grammar; `part` is what was being read, `clause` the rule.
    case malformed(part: String, clause: String)

    /// The peer asked for something that is in the standard and not in this module.
    case unsupported(String)

    /// The peer sent more than the caller allows.
    case tooLarge(part: String, limit: Int)

    /// The connection ended in the middle of a message, or before one.
    case truncated(part: String)

    /// A message that the caller made cannot be written without changing its meaning.
    case unencodable(String)
}

extension WireError: CustomStringConvertible {
    /// A sentence that says what was wrong and what to look at.
    package var description: String {
        switch self {
        case .malformed(let part, let clause):
            """
            The other side sent a \(part) that is not HTTP/1.1 (\(clause)); \
            check that it is the server this address is meant to reach.
            """
        case .unsupported(let feature):
            "The other side used \(feature), which is not supported here; switch it off there."
        case .tooLarge(let part, let limit):
            """
            The other side sent a \(part) over the limit of \(limit); \
            check that it is the server this address is meant to reach, or ask it for less.
            """
        case .truncated(let part):
            """
            The connection ended in the middle of a \(part); \
            look into the other side's log for the reason and try again.
            """
        case .unencodable(let reason):
            "The message cannot be sent: \(reason); correct the value it was made from."
        }
    }
}
