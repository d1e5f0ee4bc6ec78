/// Why bytes are not a valid HTTP/1.1 message.
package enum WireError: Error, Sendable, Equatable {
    /// `part` is what was being read, `clause` the rule that the peer broke.
    case malformed(part: String, clause: String)

    /// A part of the standard that this module does not implement.
    case unsupported(String)

    case tooLarge(part: String, limit: Int)

    /// The connection ended in the middle of a message, or before one.
    case truncated(part: String)

    /// The message of the caller cannot be encoded without changing its meaning.
    case unencodable(String)
}

extension WireError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let part, let clause):
            """
            The server sent a \(part) that is not HTTP/1.1 (\(clause)); \
            check that the address is that of the intended server.
            """
        case .unsupported(let feature):
            "The server used \(feature), which is not supported; disable it in the server."
        case .tooLarge(let part, let limit):
            """
            The server sent a \(part) over the limit of \(limit); \
            check that the address is that of the intended server.
            """
        case .truncated(let part):
            """
            The connection ended in the middle of a \(part); \
            check the server's log for the reason and try again.
            """
        case .unencodable(let reason):
            "The message cannot be sent: \(reason); correct the value."
        }
    }
}
