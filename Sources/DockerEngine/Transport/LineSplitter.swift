/// Splits a stream of bytes into lines of bounded length.
struct LineSplitter {
    /// The most bytes of a line; Docker's longest are events of containers with many labels.
    static let mostBytes = 1024 * 1024

    private var rest: [UInt8] = []

    /// Returns the lines that these bytes complete, without their ends and without empty ones.
    mutating func add(_ bytes: [UInt8], _ call: EngineCall) throws(EngineError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try append(bytes[start..<end], call)
            if let line = takeRest() { lines.append(line) }
            start = end + 1
        }
        try append(bytes[start...], call)
        return lines
    }

    /// The last line, if it has no line's end.
    mutating func finish() -> [UInt8]? {
        takeRest()
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, _ call: EngineCall) throws(EngineError)
    {
        guard rest.count + bytes.count <= Self.mostBytes else {
            throw EngineError(
                .tooLarge,
                call.operation,
                "a line of the answer is over \(Self.mostBytes) bytes"
            )
        }
        rest += bytes
    }

    private mutating func takeRest() -> [UInt8]? {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
