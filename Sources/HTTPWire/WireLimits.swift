/// How much a parser takes from the other side before it gives up.
public struct WireLimits: Sendable, Equatable {
    /// The most bytes in a request or status line.
    public var startLineBytes: Int

    /// The most bytes in a header section, and in a trailer section.
    public var fieldBytes: Int

    /// The most fields in a header section, and in a trailer section.
    public var fieldCount: Int

    /// The most bytes in a chunk's size line, extensions included.
    public var chunkLineBytes: Int

    /// The most bytes in a body; `Int.max` for a stream without end.
    public var bodyBytes: Int

    /// Makes limits; what is not given is far above what honest peers send.
    public init(
        startLineBytes: Int = 8 * 1024,
        fieldBytes: Int = 64 * 1024,
        fieldCount: Int = 128,
        chunkLineBytes: Int = 1024,
        bodyBytes: Int
    ) {
        self.startLineBytes = startLineBytes
        self.fieldBytes = fieldBytes
        self.fieldCount = fieldCount
        self.chunkLineBytes = chunkLineBytes
        self.bodyBytes = bodyBytes
    }
}
