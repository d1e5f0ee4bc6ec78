import Clibgit2

/// The name of a commit: the SHA-1 of its content, 40 hexadecimal digits.
///
/// Repositories with SHA-256 names are refused; libgit2 1.5 cannot read them.
package struct CommitID: Hashable, Sendable, CustomStringConvertible {
    /// Forty lowercase digits.
    package let hex: String

    /// Accepts digits of either case.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40, text.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        hex = text.lowercased()
    }

    init(_ oid: git_oid) {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = withUnsafeBytes(of: oid) { Array($0.prefix(20)) }
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// libgit2's form of the same name.
    var oid: git_oid {
        var oid = git_oid()
        // Cannot fail: `hex` is forty hexadecimal digits by construction.
        git_oid_fromstr(&oid, hex)
        return oid
    }

    /// The first seven digits, as git abbreviates.
    package var short: String { String(hex.prefix(7)) }

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

package struct GitCommit: Equatable, Sendable {
    package let id: CommitID
    /// The author's name without unprintable characters, at most 200 characters.
    package let author: String
    /// Seconds since 1970-01-01 00:00 UTC, by the author's clock.
    package let authoredAt: Int64
    /// The first paragraph of the message on one line, without unprintable characters, at most 200
    /// characters.
    package let subject: String
    /// None for a root, more than one for a merge.
    package let parents: [CommitID]
}

/// The commit that last set a line of a file.
package struct GitBlameLine: Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    /// The oldest commit that was searched (`GitLimits.historyDepth`) if the line is older.
    package let commit: GitCommit
}
