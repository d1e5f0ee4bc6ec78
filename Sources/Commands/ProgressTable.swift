internal import Controller
internal import Model
internal import Printing

/// What an apply shows of itself on a terminal: a line for each service that is under work, or was.
///
/// A value: it is told what was seen and when, and says which lines that makes.
struct ProgressTable {
    private struct Entry {
        var progress: ServiceProgress
        /// What served when the work began.
        var from: String
        var began: Moment
        var ended: Moment?
    }

    private var entries: [String: Entry] = [:]
    private var pulls: [String: Int] = [:]

    private static let longestName = 24
    private static let longestVersion = 16

    /// Takes what one pass saw.
    ///
    /// A service that is as it should be gets no line, unless it was under work before.
    mutating func take(_ services: [ServiceProgress], at now: Moment) {
        for service in services {
            let name = service.status.name
            let isResting = [.ready, .failed].contains(service.status.state)
            guard var entry = entries[name] else {
                guard service.status.state != .ready else { continue }
                entries[name] = Entry(
                    progress: service,
                    from: service.status.serving.joined(separator: ","),
                    began: now,
                    ended: isResting ? now : nil
                )
                continue
            }
            entry.progress = service
            entry.ended = isResting ? entry.ended ?? now : nil
            entries[name] = entry
        }
        // What left is no longer seen.
        let seen = Set(services.map(\.status.name))
        for (name, entry) in entries where !seen.contains(name) {
            var entry = entry
            entry.progress.status.message = "removed"
            entry.progress.status.state = .ready
            entry.ended = entry.ended ?? now
            entries[name] = entry
        }
    }

    /// Takes how far a pull has come.
    mutating func take(pullOf image: String, percent: Int) {
        pulls[image] = percent
    }

    /// The lines, none wider than `width` and no more of them than `height`.
    func lines(at now: Moment, width: Int, height: Int, isColoured: Bool) -> [String] {
        let shown = entries.sorted { $0.key < $1.key }.map(\.value)
        // Names and errors may quote what others wrote; nothing of it is to move the cursor.
        let table = shown.map { cells($0, at: now).map { $0.escaped() } }
        let widths = (0..<4).map { column in table.map { $0[column].count }.max() ?? 0 }
        var lines = zip(shown, table).map { entry, cells in
            let columns = zip(cells, widths).map { $0.padded(to: $1) } + [cells[4]]
            let text = columns.filter { !$0.isEmpty }.joined(separator: "  ")
            let mark = Mark(entry.progress.status.state)
            // The mark and a space, and the last column stays free: some terminals wrap there.
            let line = text.truncated(to: max(width - 3, 1))
            return "\(isColoured ? mark.coloured : mark.plain) \(line)"
        }
        let limit = max(height, 1)
        if lines.count > limit {
            let rest = "\(lines.count - limit + 1) more".truncated(to: max(width - 3, 1))
            lines = lines.prefix(limit - 1) + ["  \(rest)"]
        }
        return lines
    }

    /// Where each service that is not done stands, in words, by name.
    var unfinished: [String] {
        entries.sorted { $0.key < $1.key }.map(\.value).filter { $0.ended == nil }.map { entry in
            "\(entry.progress.status.name): \(words(entry))"
        }
    }

    /// Name, versions, slots, time, and what is going on.
    private func cells(_ entry: Entry, at now: Moment) -> [String] {
        let status = entry.progress.status
        let to = status.wanted ?? ""
        let versions = [entry.from, to].filter { !$0.isEmpty }.map {
            $0.truncated(to: Self.longestVersion)
        }
        let isSame = entry.from == to
        return [
            status.name.truncated(to: Self.longestName),
            isSame ? versions.first ?? "" : versions.joined(separator: " → "),
            "\(status.ready)/\(status.replicas)",
            Self.time((entry.ended ?? now) - entry.began),
            words(entry),
        ]
    }

    private func words(_ entry: Entry) -> String {
        let status = entry.progress.status
        let message = status.message
        switch status.state {
        case .ready: return message.isEmpty ? "done" : message
        case .failed: return "failed: \(message)"
        case .waiting: return message
        case .updating, .leaving:
            let percent = entry.progress.image.flatMap { pulls[$0] }.flatMap { $0 < 100 ? $0 : nil }
            let pull = percent.map { "pulling \($0) %" }
            let words = [pull, message.nonEmpty].compactMap(\.self)
            return words.isEmpty ? "under way" : words.joined(separator: ", ")
        }
    }

    private static func time(_ duration: Duration) -> String {
        let seconds = max(duration.milliseconds, 0) / 1_000
        if seconds < 60 { return "\(seconds) s" }
        return seconds < 3_600
            ? "\(seconds / 60) min \(seconds % 60) s"
            : "\(seconds / 3_600) h \(seconds / 60 % 60) min"
    }

    /// What stands before a line.
    private struct Mark {
        let plain: String
        private let colour: Int

        init(_ state: ServiceStatus.State) {
            (plain, colour) =
                switch state {
                case .ready: ("✓", 32)
                case .failed: ("✗", 31)
                case .waiting: ("·", 33)
                case .updating, .leaving: ("→", 36)
                }
        }

        /// As ECMA-48 has it (SGR).
        var coloured: String { "\u{1B}[\(colour)m\(plain)\u{1B}[0m" }
    }
}

extension String {
    /// At most so many characters; what is cut off is shown by an ellipsis.
    func truncated(to limit: Int) -> String {
        count <= limit ? self : String(prefix(limit - 1)) + "…"
    }

    fileprivate func padded(to width: Int) -> String {
        width == 0 ? "" : self + String(repeating: " ", count: max(width - count, 0))
    }
}
