internal import Printing

/// One thing to say about the fleet repository's files: where, what, and what to do about it.
package struct Diagnostic: Hashable, Sendable, CustomStringConvertible, Error {
    /// Whether the file can be used all the same.
    package enum Severity: String, Sendable, Codable {
        /// The environment cannot be used until this is mended.
        case error
        /// The environment is used; somebody should look at this.
        case warning
    }

    /// Whether this stops the environment.
    package var severity: Severity
    /// The place, if it has one.
    package var location: SourceLocation?
    /// The field, as `services.web.ports[0]`; empty for a whole file.
    package var field: String
    /// What is wrong, in a sentence without a full stop.
    package var message: String
    /// What to do next, in a sentence without a full stop; empty when the message says it.
    package var remedy: String

    /// Makes a diagnostic.
    package init(
        _ severity: Severity = .error,
        at location: SourceLocation?,
        field: String = "",
        _ message: String,
        remedy: String = ""
    ) {
        self.severity = severity
        self.location = location
        self.field = field
        self.message = message
        self.remedy = remedy
    }

    /// One line, whatever it quotes: place, severity, field, message, remedy.
    package var description: String {
        let place = location.map { "\($0): " } ?? ""
        let subject = field.isEmpty ? "" : "\(field): "
        let advice = remedy.isEmpty ? "" : "; \(remedy)"
        return "\(place)\(severity): \(subject)\(message)\(advice)".escaped()
    }
}
