public import Model

/// Reads files of variables that lie on the host, by the same rules as those of the commit.
///
/// `${NAME}` in them is filled from what the file itself set before.
public enum HostEnvironment {
    /// Why a file cannot be read; says nothing of its content, which may be secret.
    public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The file on the host.
        public var path: String
        /// The line, counted from 1.
        public var line: Int

        /// The place, and what a line has to be.
        public var description: String {
            "\(path):\(line): the line is no variable; write NAME=value, and close quotes"
        }
    }

    /// The variables of a file's content, by name.
    public static func variables(
        in bytes: [UInt8],
        of file: HostEnvironmentFile
    ) throws(ParseError) -> [String: String] {
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let entries =
                file.isRaw
                ? try DotEnvText.parseRaw(text)
                : try DotEnvText.parse(text) { _ in nil }
            return Dictionary(entries.map { ($0.key, $0.value) }) { _, later in later }
        } catch {
            throw ParseError(path: file.path, line: error.line)
        }
    }
}
