internal import Digests
internal import Foundation
package import Model
package import Platform
internal import Printing
package import Rollouts
internal import Synchronization

/// The append-only history of a state directory: one JSON object a line.
///
/// It holds the events that are kept, and the `ReleaseRecord`. If it is lost, a spec that failed is
/// tried once more where its failed container is gone, too; a job runs again where its container is
/// gone; and reports say "since" from the loss on.
package final class History: Sendable {
    /// What is known, read without waiting for a disk.
    private struct Contents {
        /// Those of the end, oldest first.
        var entries: [HistoryEntry] = []
        /// By environment: what all entries together say.
        var records: [String: ReleaseRecord] = [:]

        mutating func add(_ entry: HistoryEntry) {
            records[entry.environment, default: ReleaseRecord()].learn(entry)
            entries.append(entry)
            // Not one by one: each time would move all that are kept.
            if entries.count > 2 * History.entryLimit {
                entries.removeFirst(entries.count - History.entryLimit)
            }
        }
    }

    private struct File {
        var bytes = 0
        /// Whether the last line may lack its end, which the next one must not join.
        var isTorn = false
    }

    private let path: String
    private let contents: Mutex<Contents>
    private let file: Mutex<File>
    private let disk = DiskQueue()

    /// Beyond this size the file is put aside as `….1` and a new one begun.
    private static let sizeLimit = 16 << 20
    /// As much of the end as is read.
    private static let readLimit = 4 << 20
    /// As many entries as are kept at least, for telling since when something is so.
    private static let entryLimit = 10_000

    /// The file need not exist.
    package init(path: String) {
        self.path = path
        let (contents, file) = Self.read(path)
        self.contents = Mutex(contents)
        self.file = Mutex(file)
    }

    /// Adds an entry, on disk before it returns; blocks.
    ///
    /// Where that fails, it counts for this process.
    package func append(_ entry: HistoryEntry) throws(FileError) {
        contents.withLock { $0.add(entry) }
        try write(entry)
    }

    /// Adds an entry, and waits at most two seconds for the disk.
    package func save(_ entry: HistoryEntry) async throws {
        contents.withLock { $0.add(entry) }
        try await disk.run("the history \(path)", within: .seconds(2)) { try self.write(entry) }
    }

    private func write(_ entry: HistoryEntry) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entry) else { return }
        let line = Array(String(decoding: data, as: UTF8.self).escaped().utf8)
        let path = path
        let failure: FileError? = file.withLock { file in
            if file.bytes > Self.sizeLimit {
                rename(path, path + ".1")
                file = File()
            }
            let start: [UInt8] = file.isTorn ? [UInt8(ascii: "\n")] : []
            file.bytes += line.count + 1
            do throws(FileError) {
                try AtomicFile.append(start + line + [UInt8(ascii: "\n")], to: path)
                file.isTorn = false
                return nil
            } catch {
                file.isTorn = true
                return error
            }
        }
        if let failure { throw failure }
    }

    /// The environment's entries, oldest first.
    package func entries(of environment: String) -> [HistoryEntry] {
        contents.withLock { $0.entries.filter { $0.environment == environment } }
    }

    /// Specs that failed and are not to be tried again, and jobs that completed.
    package func record(of environment: String) -> ReleaseRecord {
        contents.withLock { $0.records[environment] ?? ReleaseRecord() }
    }

    /// How long each service was out of service in its last update, if it was.
    func outages(of environment: String) -> [String: Duration] {
        var outages: [String: Duration] = [:]
        for entry in entries(of: environment) where entry.kind == .updated {
            guard let service = entry.service else { continue }
            outages[service] = entry.outage.map { .milliseconds($0) }
        }
        return outages
    }

    /// Since when the difference of that identity exists; nil where that is not known.
    package func driftBegan(_ identity: String, in environment: String) -> Moment? {
        for entry in entries(of: environment).reversed() where entry.detail == identity {
            return entry.kind == .drifted ? entry.time : nil
        }
        return nil
    }

    private static func read(_ path: String) -> (Contents, File) {
        guard let file = FileHandle(forReadingAtPath: path) else { return (Contents(), File()) }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        let start = size > UInt64(readLimit) ? size - UInt64(readLimit) : 0
        try? file.seek(toOffset: start)
        let data = (try? file.readToEnd()) ?? Data()
        let decoder = JSONDecoder()
        // A line that a crash or the cut at the start tore is no entry.
        var contents = Contents()
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? decoder.decode(HistoryEntry.self, from: line) else { continue }
            contents.add(entry)
        }
        let isTorn = data.last.map { $0 != UInt8(ascii: "\n") } ?? false
        return (contents, File(bytes: Int(size), isTorn: isTorn))
    }
}

extension History: EventSink {
    package func receive(_ event: Event) throws {
        if let entry = HistoryEntry(event) { try append(entry) }
    }
}

extension ReleaseRecord {
    fileprivate mutating func learn(_ entry: HistoryEntry) {
        guard let service = entry.service, let spec = entry.spec.flatMap({ Digest($0) }) else {
            return
        }
        // What happened decides nothing, but on lines of an earlier Berth.
        switch (entry.kind, isEvent: entry.reason != nil) {
        case (.exhausted, _), (.failed, isEvent: false):
            services[service, default: .init()].failures[spec] = entry.detail ?? "failed"
        case (.completed, _), (.updated, isEvent: false):
            services[service, default: .init()].completions.insert(spec)
            services[service]?.failures[spec] = nil
        case (.retried, _): services[service]?.failures[spec] = nil
        default: break
        }
    }
}
