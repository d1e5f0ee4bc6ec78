package import Model

/// Reads files of variables that lie on the host, by the same rules as those of the commit.
///
/// `${NAME}` in them is filled from what the file itself set before.
package enum HostEnvironment {
    /// Why a file cannot be read; says nothing of its content, which may be secret.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package var path: String
        package var line: Int
        package var reason: Reason

        package enum Reason: Hashable, Sendable {
            /// The line is no variable, or its quotes are not closed.
            case noVariable
            /// A value uses a variable that no line before it sets.
            case missingVariable
            case encoding
        }

        package var description: String {
            let text =
                switch reason {
                case .noVariable: "the line is not a variable; write NAME=value, and close quotes"
                case .missingVariable:
                    "the value uses a variable that no line before it sets; write $$ for a dollar "
                        + "sign, or the value in single quotes"
                case .encoding: "the line is not UTF-8; save the file as UTF-8"
                }
            return "\(path):\(line): \(text)"
        }
    }

    package static func variables(
        in bytes: [UInt8],
        of file: HostEnvironmentFile
    ) throws(ParseError) -> [String: String] {
        do {
            let text = try DotEnvText.text(of: bytes)
            return try DotEnvText.variables(text, isRaw: file.isRaw) { _ in nil }
        } catch {
            throw ParseError(path: file.path, line: error.line, reason: error.reason)
        }
    }
}
