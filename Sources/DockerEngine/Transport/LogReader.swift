internal import Synchronization

/// Takes a log's frames apart as they come, and keeps the newest bytes.
///
/// Without a terminal the daemon puts each piece of output behind a header of eight bytes: the
/// stream (1 output, 2 error), three zeros, and the length, big-endian (Engine API,
/// `POST /containers/{id}/attach`, "Stream format").
/// With a terminal there is one stream and no frame.
struct LogReader {
    private static let headerLength = 8

    private let isTerminal: Bool
    private let limit: Int

    private var entries: [ContainerLog.Entry] = []
    private var kept = 0
    private var isTruncated = false

    private var header: [UInt8] = []
    private var stream = ContainerLog.Stream.output

    /// How much of the current frame has not come yet.
    private var missing = 0

    init(isTerminal: Bool, limit: Int) {
        self.isTerminal = isTerminal
        self.limit = limit
    }

    /// What is kept now.
    var log: ContainerLog {
        var reader = self
        reader.trim()
        return ContainerLog(entries: reader.entries, isTruncated: reader.isTruncated)
    }

    mutating func add(_ bytes: [UInt8], _ call: EngineCall) throws(EngineError) {
        guard !isTerminal else {
            append(bytes[...])
            return
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            if missing > 0 {
                let piece = rest.prefix(missing)
                missing -= piece.count
                rest = rest.dropFirst(piece.count)
                append(piece)
                continue
            }
            let piece = rest.prefix(Self.headerLength - header.count)
            header += piece
            rest = rest.dropFirst(piece.count)
            if header.count == Self.headerLength { try begin(call) }
        }
    }

    /// Reads the header that is complete, and begins the frame it announces.
    private mutating func begin(_ call: EngineCall) throws(EngineError) {
        guard header[0] <= 2, header[1...3].allSatisfy({ $0 == 0 }) else {
            throw EngineError(
                .malformedResponse,
                call.operation,
                "the log is not framed as the daemon's stream format is"
            )
        }
        stream = header[0] == 2 ? .error : .output
        missing = header[4...].reduce(0) { $0 << 8 | Int($1) }
        header = []
        // No entry for an empty frame, so that entries are bounded by bytes.
        if missing > 0 { entries.append(ContainerLog.Entry(stream: stream, bytes: [])) }
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if entries.isEmpty { entries.append(ContainerLog.Entry(stream: stream, bytes: [])) }
        entries[entries.count - 1].bytes += bytes
        kept += bytes.count
        // Not at every piece: dropping the oldest moves all the others.
        if kept > 2 * limit { trim() }
    }

    /// Drops the oldest bytes over the limit.
    private mutating func trim() {
        var excess = kept - limit
        guard excess > 0 else { return }
        isTruncated = true
        var first = 0
        while first < entries.count - 1, excess >= entries[first].bytes.count {
            excess -= entries[first].bytes.count
            first += 1
        }
        entries.removeFirst(first)
        if excess > 0 { entries[0].bytes.removeFirst(excess) }
        kept = limit
    }
}

extension LogReader {
    /// A reader that the closures of one call share.
    final class Shared: Sendable {
        private let reader: Mutex<LogReader>

        init(_ reader: LogReader) {
            self.reader = Mutex(reader)
        }

        var log: ContainerLog { reader.withLock { $0.log } }

        func add(_ bytes: [UInt8], _ call: EngineCall) throws(EngineError) {
            try reader.withLock { reader throws(EngineError) in try reader.add(bytes, call) }
        }
    }
}
