package import Model

/// Reads files of variables that lie on the host, by the same rules as those of the commit.
///
/// `${NAME}` in them is filled from what the file itself set before.
package enum HostEnvironment {
    /// Why a file cannot be read; says nothing of its content, which may be secret.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The file on the host.
        package var path: String
        /// The line, counted from 1.
        package var line: Int
        /// What kind of fault it is.
        package var reason: Reason

        /// Kinds of faults, each with its own remedy.
        package enum Reason: Hashable, Sendable {
            /// The line is no variable, or its quotes are not closed.
            case noVariable
            /// A value uses a variable that no line before it sets.
            case missingVariable
            /// The line is not UTF-8.
            case encoding
        }

        /// The place, and what a line has to be.
        package var description: String {
            let text =
                switch reason {
                case .noVariable: "the line is no variable; write NAME=value, and close quotes"
                case .missingVariable:
                    "the value uses a variable that no line before it sets; write $$ for a dollar "
                        + "sign, or the value in single quotes"
                case .encoding: "the line is not UTF-8; save the file as UTF-8"
                }
            return "\(path):\(line): \(text)"
        }
    }

    /// The variables of a file's content, by name.
    package static func variables(
        in bytes: [UInt8],
        of file: HostEnvironmentFile
    ) throws(ParseError) -> [String: String] {
        do {
            let text = try DotEnvText.text(of: bytes)
            let entries =
                file.isRaw
                ? try DotEnvText.parseRaw(text)
                : try DotEnvText.parse(text) { _ in nil }
            return Dictionary(entries.map { ($0.key, $0.value) }) { _, later in later }
        } catch {
            throw ParseError(path: file.path, line: error.line, reason: error.reason)
        }
    }
}
