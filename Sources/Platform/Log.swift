package import Foundation
internal import Printing

/// Structured lines on standard error, for people or for machines.
///
/// A line says what happened in words and carries what it is about as fields.
/// Secrets are never handed in; the log does not try to find them.
package struct Log: Sendable {
    /// How a line is written.
    package enum Format: String, Sendable, CaseIterable {
        /// `2026-03-01T10:00:00.000Z info prod/web: message key=value`.
        case text
        /// One JSON object a line.
        case json
    }

    /// How much a line matters.
    package enum Level: String, Sendable, Comparable, CaseIterable {
        /// For whoever looks for a fault.
        case debug
        /// The story.
        case info
        /// Something that somebody should look at.
        case warning
        /// Something that failed.
        case error

        /// Less important before more important.
        package static func < (left: Self, right: Self) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    private let format: Format
    private let minimum: Level
    private let subject: String
    private let clock: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - format: how lines are written.
    ///   - minimum: lines that matter less are dropped.
    ///   - clock: tells the time of a line.
    ///   - write: takes whole lines without their line feed; the default is standard error.
    package init(
        format: Format = .text,
        minimum: Level = .info,
        clock: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.init(format: format, minimum: minimum, subject: "", clock: clock, write: write)
    }

    private init(
        format: Format,
        minimum: Level,
        subject: String,
        clock: @escaping @Sendable () -> Date,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.minimum = minimum
        self.subject = subject
        self.clock = clock
        self.write = write
    }

    /// The same log for lines about one thing, as `prod` or `prod/web`.
    package func about(_ subject: String) -> Log {
        Log(format: format, minimum: minimum, subject: subject, clock: clock, write: write)
    }

    /// Writes a line; only the JSON form has `reason`, one word for programs.
    package func callAsFunction(
        _ level: Level,
        _ message: String,
        _ fields: KeyValuePairs<String, String> = [:],
        reason: String? = nil
    ) {
        guard level >= minimum else { return }
        switch format {
        case .text: write(text(level, message, fields))
        case .json: write(json(level, message, fields, reason))
        }
    }

    private func text(
        _ level: Level,
        _ message: String,
        _ fields: KeyValuePairs<String, String>
    ) -> String {
        let about = subject.isEmpty ? "" : "\(subject): "
        let pairs = fields.map { " \($0.key)=\(Self.quoted($0.value.onOneLine()))" }.joined()
        let line = "\(timestamp) \(level.rawValue) \(about)\(message)\(pairs)"
        return line.onOneLine()
    }

    private func json(
        _ level: Level,
        _ message: String,
        _ fields: KeyValuePairs<String, String>,
        _ reason: String?
    ) -> String {
        var object = ["time": timestamp, "level": level.rawValue, "message": message]
        if !subject.isEmpty { object["subject"] = subject }
        object["reason"] = reason
        for (key, value) in fields { object[key] = value }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(object) else { return "{}" }
        // JSON escapes C0 controls only.
        return String(decoding: data, as: UTF8.self).escaped()
    }

    private var timestamp: String {
        clock().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return isPlain ? value : "\"\(value.replacing("\"", with: "\\\""))\""
    }

    /// Writes a line to standard error in one call, so that lines of several tasks do not mix.
    ///
    /// Line feeds stay, for complaints may have several lines; what else is not printable does not.
    /// A line that cannot be written is dropped: there is nowhere to say so, and a log that nobody
    /// can read is no reason to end.
    package static let standardError: @Sendable (String) -> Void = { line in
        let printable = line.unicodeScalars.map { scalar in
            scalar == "\n" || scalar.isPrintable ? Character(scalar) : " "
        }
        try? FileHandle.standardError.write(contentsOf: Data((String(printable) + "\n").utf8))
    }
}
