internal import Foundation
internal import Platform

package struct TrafficError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Something that a statement names does not exist (any more): look again.
        case notFound
        /// Something that a statement adds exists already, and differs: look again.
        case exists
        /// Something that a statement deletes is still in use.
        case busy
        case notPermitted
        case notInstalled
        /// Whether nft's transaction took place is unknown: look again.
        case timedOut
        case refused
        case unreadable
    }

    package let kind: Kind
    /// What was being done, as the subject of a sentence.
    package let operation: String
    /// What nft or the kernel said, bounded.
    package let detail: String
    /// The statement that was refused, where nft named one.
    package let statement: String?

    init(_ kind: Kind, _ operation: String, detail: String, statement: String? = nil) {
        self.kind = kind
        self.operation = operation
        self.detail = String(detail.prefix(400))
        self.statement = statement
    }
}

extension TrafficError: CustomStringConvertible {
    package var description: String {
        let cause = statement.map { "\(detail) (at: \($0))" } ?? detail
        return "\(operation) failed: \(cause). \(remedy)"
    }

    private var remedy: String {
        switch kind {
        case .notFound, .exists:
            "Another process changed the table meanwhile; the next pass looks again."
        case .busy:
            "A rule that is not Berth's refers to it; see nft list table \(Family.ip.table)."
        case .notPermitted: "Run as root, or give the process CAP_NET_ADMIN."
        case .notInstalled: "Run apt-get install nftables."
        case .timedOut: "Check whether another nft hangs; the next pass looks again."
        case .refused: "See nft list ruleset, and check that the kernel has nf_tables and NAT."
        case .unreadable: "nft 1.0.6 and newer are supported; see nft --version."
        }
    }

    init(_ operation: String, _ error: CommandError, statements: [String] = []) {
        switch error {
        case .notFound(let program, _):
            self.init(.notInstalled, operation, detail: "\(program) is not installed")
        case .timedOut(_, let limit):
            self.init(.timedOut, operation, detail: "nft did not end within \(limit)")
        case .outputTooLarge(_, let limit):
            self.init(.unreadable, operation, detail: "nft wrote more than \(limit) bytes")
        case .notStarted(_, let reason): self.init(.refused, operation, detail: reason)
        case .failed(_, let ending, let output):
            self.init(operation, ending, output.errorText, statements)
        }
    }

    /// nft says where and why in one line, `/dev/stdin:3:1-20: Error: Could not process rule: …`,
    /// and then quotes the statement with its surroundings.
    private init(
        _ operation: String,
        _ ending: Subprocess.Ending,
        _ text: String,
        _ statements: [String]
    ) {
        let line = text.split(whereSeparator: \.isNewline).first { $0.contains("Error:") }
        let parts = line?.components(around: "Error: ")
        let detail = parts.map { String($0.after) } ?? "nft \(ending)"
        let place = parts?.before.split(separator: ":").dropFirst().first.flatMap { Int($0) }
        let statement = place.flatMap {
            statements.indices.contains($0 - 1) ? statements[$0 - 1] : nil
        }
        self.init(Self.kind(of: text), operation, detail: detail, statement: statement)
    }

    private static func kind(of text: String) -> Kind {
        let kinds: [(String, Kind)] = [
            ("Operation not permitted", .notPermitted), ("Permission denied", .notPermitted),
            ("you must be root", .notPermitted), ("No such file or directory", .notFound),
            ("does not exist", .notFound), ("File exists", .exists),
            ("Device or resource busy", .busy),
        ]
        return kinds.first { text.contains($0.0) }?.1 ?? .refused
    }
}

extension Substring {
    fileprivate func components(around mark: String) -> (before: Substring, after: Substring)? {
        firstRange(of: mark).map { (self[..<$0.lowerBound], self[$0.upperBound...]) }
    }
}

extension TrafficError {
    init(_ operation: String, _ failure: SystemCallFailure) {
        let kind: Kind =
            switch failure.code {
            case EPERM, EACCES: .notPermitted
            case ENOENT, ENODEV: .notFound
            case EEXIST, EADDRINUSE: .exists
            case EBUSY: .busy
            default: .refused
            }
        let detail = failure.detail ?? String(cString: strerror(failure.code))
        self.init(kind, operation, detail: detail)
    }
}
