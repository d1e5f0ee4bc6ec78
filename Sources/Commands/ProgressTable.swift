internal import Controller
internal import Model
internal import Printing

/// What an apply shows on a terminal: a line for each service that it changes or changed.
struct ProgressTable {
    private struct Entry {
        var progress: ServiceProgress
        /// What served when the change began.
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
    /// A service in sync gets no line, unless it was changed before.
    mutating func take(_ services: [ServiceProgress], at now: Moment) {
        for service in services {
            let status = service.status
            guard entries[status.name] != nil || status.state != .ready else { continue }
            let from = status.serving.joined(separator: ",")
            var entry = entries[status.name] ?? Entry(progress: service, from: from, began: now)
            entry.progress = service
            let isResting = [.ready, .failed].contains(status.state)
            entry.ended = isResting ? entry.ended ?? now : nil
            entries[status.name] = entry
        }
        let seen = Set(services.map(\.status.name))
        for (name, entry) in entries where !seen.contains(name) {
            entries[name]?.progress.status.message = "removed"
            entries[name]?.progress.status.state = .ready
            entries[name]?.ended = entry.ended ?? now
        }
    }

    mutating func take(pullOf image: String, percent: Int) {
        pulls[image] = percent
    }

    /// The lines, none wider than `width` and no more of them than `height`.
    func lines(at now: Moment, width: Int, height: Int, isColoured: Bool) -> [String] {
        let shown = entries.sorted { $0.key < $1.key }.map(\.value)
        // Names and errors may quote text from outside; nothing of it is to move the cursor.
        let table = shown.map { cells($0, at: now).map { $0.escaped() } }
        let widths = (0..<4).map { column in table.map { $0[column].count }.max() ?? 0 }
        var lines = zip(shown, table).map { entry, cells in
            let columns = zip(cells, widths).map { $0.padded(to: $1) } + [cells[4]]
            let text = columns.filter { !$0.isEmpty }.joined(separator: "  ")
            // The mark and a space, and the last column stays free: some terminals wrap there.
            let line = text.truncated(to: max(width - 3, 1))
            return "\(Self.mark(entry.progress.status.state, isColoured)) \(line)"
        }
        let limit = max(height, 1)
        if lines.count > limit {
            let rest = "\(lines.count - limit + 1) more".truncated(to: max(width - 3, 1))
            lines = lines.prefix(limit - 1) + ["  \(rest)"]
        }
        return lines
    }

    /// The services in progress, each with its state, by name.
    var unfinished: [String] {
        entries.sorted { $0.key < $1.key }.map(\.value).filter { $0.ended == nil }.map { entry in
            "\(entry.progress.status.name): \(words(entry))"
        }
    }

    /// Name, versions, slots, time and state.
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
            return words.isEmpty ? "in progress" : words.joined(separator: ", ")
        }
    }

    private static func time(_ duration: Duration) -> String {
        let seconds = max(duration.milliseconds, 0) / 1_000
        if seconds < 60 { return "\(seconds) s" }
        return seconds < 3_600
            ? "\(seconds / 60) min \(seconds % 60) s"
            : "\(seconds / 3_600) h \(seconds / 60 % 60) min"
    }

    private static func mark(_ state: ServiceStatus.State, _ isColoured: Bool) -> String {
        let (mark, colour) =
            switch state {
            case .ready: ("✓", 32)
            case .failed: ("✗", 31)
            case .waiting: ("·", 33)
            case .updating, .leaving: ("→", 36)
            }
        // As ECMA-48 has it (SGR).
        return isColoured ? "\u{1B}[\(colour)m\(mark)\u{1B}[0m" : mark
    }
}

extension String {
    /// At most so many characters; what is cut off is shown by an ellipsis.
    func truncated(to limit: Int) -> String {
        count <= limit ? self : String(prefix(limit - 1)) + "…"
    }
}
