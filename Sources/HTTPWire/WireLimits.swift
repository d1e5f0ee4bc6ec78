/// How much a parser takes from the other side before it gives up.
package struct WireLimits: Sendable, Equatable {
    /// The most bytes in a request or status line.
    package var startLineBytes: Int

    /// The most bytes in a header section, and in a trailer section.
    package var fieldBytes: Int

    /// The most fields in a header section, and in a trailer section.
    package var fieldCount: Int

    /// The most bytes in a chunk's size line, extensions included.
    package var chunkLineBytes: Int

    /// The most bytes in a body; `Int.max` for a stream without end.
    package var bodyBytes: Int

    /// Makes limits; what is not given is far above what honest peers send.
    package init(
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
