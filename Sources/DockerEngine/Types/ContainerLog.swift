/// What a container's process has printed.
public struct ContainerLog: Sendable, Equatable {
    /// Where output went.
    public enum Stream: Sendable {
        /// Standard output, or a terminal.
        case output
        /// Standard error.
        case error
    }

    /// Output as the daemon recorded it, often one line.
    public struct Entry: Sendable, Equatable {
        /// Where it went.
        public let stream: Stream

        /// What was printed.
        public internal(set) var bytes: [UInt8]
    }

    /// The output, the oldest first.
    public let entries: [Entry]

    /// Whether older output was left out to keep within the limit.
    public let isTruncated: Bool

    /// Everything as text, in order; bytes that are not UTF-8 are replaced.
    public var text: String {
        String(decoding: entries.flatMap(\.bytes), as: UTF8.self)
    }
}
