/// Bytes that have arrived and are not read yet.
struct InputBuffer {
    /// Read bytes are dropped when everything is read, or when they are this many.
    private static let mostBytesKept = 64 * 1024

    private var bytes: [UInt8] = []

    /// Where the unread bytes begin.
    private var start = 0

    /// How many unread bytes hold no line feed, so that no byte is searched twice.
    private var searched = 0

    var count: Int { bytes.count - start }

    mutating func append(_ more: some Sequence<UInt8>) {
        if start == bytes.count || start > Self.mostBytesKept {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Takes the next line without its CRLF, or nil until its end has arrived.
    ///
    /// RFC 9112 §2.2 lets a recipient take a bare LF for a line's end and has it reject or blank a
    /// bare CR. Both are rejected: correct peers send neither, and request smuggling needs
    /// recipients that differ here.
    ///
    /// `used` bytes of `limit` are spent already, by the lines before in the same section.
    mutating func takeLine(
        _ part: String,
        limit: Int,
        used: Int = 0
    ) throws(WireError) -> ArraySlice<UInt8>? {
        guard let end = bytes[(start + searched)...].firstIndex(of: .lineFeed) else {
            searched = count
            // The CR of the line's end may have arrived.
            guard count <= limit - used + 1 else { throw .tooLarge(part: part, limit: limit) }
            return nil
        }
        let line = bytes[start..<end]
        guard line.count - 1 <= limit - used else { throw .tooLarge(part: part, limit: limit) }
        guard line.last == .carriageReturn, line.dropLast().allSatisfy({ $0 != .carriageReturn })
        else { throw .malformed(part: part, clause: "RFC 9112 §2.2") }
        start = end + 1
        searched = 0
        return line.dropLast()
    }

    /// Takes at most `limit` bytes.
    mutating func take(upTo limit: Int) -> [UInt8] {
        let taken = Array(bytes[start..<(start + Swift.min(limit, count))])
        start += taken.count
        searched = 0
        return taken
    }
}
