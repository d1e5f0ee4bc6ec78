/// The name of a commit: the SHA-1 of its content, 40 hexadecimal digits.
///
/// Repositories with SHA-256 names are refused; libgit2 1.5 cannot read them.
package struct CommitID: Hashable, Sendable, CustomStringConvertible {
    /// Forty lowercase hexadecimal digits.
    package let hex: String

    /// Accepts forty hexadecimal digits of either case, else nil.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40, text.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        hex = text.lowercased()
    }

    /// The first seven digits, as git abbreviates.
    package var short: String { String(hex.prefix(7)) }

    /// All forty digits.
    package var description: String { hex }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default:
            false
        }
    }
}
