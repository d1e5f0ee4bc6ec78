package import Foundation
internal import Printing

/// Structured lines on standard error, for people or for machines.
///
/// A line says what happened in words and carries what it is about as fields.
/// Callers hand in no secrets; the log does not look for them.
package struct Log: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// `2026-03-01T10:00:00.000Z info prod/web: message key=value`.
        case text
        /// One JSON object a line.
        case json
    }

    package enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        package static func < (left: Self, right: Self) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    private let format: Format
    private let minimum: Level
    private let clock: @Sendable () -> Date
    private let write: @Sendable (String) -> Void
    private var subject = ""

    /// `minimum` is the least important level that is written; `write` takes whole lines without
    /// their line feed.
    package init(
        format: Format = .text,
        minimum: Level = .info,
        clock: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.format = format
        self.minimum = minimum
        self.clock = clock
        self.write = write
    }

    /// The same log for lines about one thing, as `prod` or `prod/web`.
    package func about(_ subject: String) -> Log {
        var log = self
        log.subject = subject
        return log
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
    /// Line feeds stay, for errors may have several lines; what else is not printable does not.
    /// A line that cannot be written is dropped: a log that cannot be read is no reason to end.
    package static let standardError: @Sendable (String) -> Void = { line in
        let printable = line.unicodeScalars.map { scalar in
            scalar == "\n" || scalar.isPrintable ? Character(scalar) : " "
        }
        try? FileHandle.standardError.write(contentsOf: Data((String(printable) + "\n").utf8))
    }
}
