internal import YAML

extension ComposeImport {
    /// A Compose file, where it comes from and goes to, and what its user decided.
    package struct Source: Sendable {
        /// The content.
        package var bytes: [UInt8]
        /// What diagnostics call it.
        package var path: String
        /// Its folder, from the repository's root, empty for the root; nil where it lies outside.
        package var folder: String?
        /// What `${NAME}` stands for.
        package var variables: [String: String]
        /// Looks up a file of the repository.
        package var other: @Sendable (_ path: String) throws -> [UInt8]?
        /// Looks up a file by its path from the Compose file's folder; nil where no regular file
        /// is there.
        package var beside: @Sendable (_ path: String) throws -> [UInt8]?
        /// The Compose file's folder, an absolute path.
        package var place = "/"
        /// The user's home folder, an absolute path.
        package var home = "/root"
        /// Images for services, by the services' names.
        package var images: [String: String] = [:]
        /// Where on the host relative paths start that no commit can have; an absolute path.
        package var data: String?
        /// The Compose project that is adopted.
        package var project: String?
        /// Variables that look like secrets and are none.
        package var harmless: Set<String> = []
        /// The folder of the host for files of variables with secrets; an absolute path.
        package var secrets = "/etc/berth"

        /// Names a source.
        package init(
            bytes: [UInt8],
            path: String,
            folder: String?,
            variables: [String: String],
            other: @escaping @Sendable (_ path: String) throws -> [UInt8]?
        ) {
            self.bytes = bytes
            self.path = path
            self.folder = folder
            self.variables = variables
            self.other = other
            beside = { _ in nil }
        }
    }
}

/// Options of `berth init` that a Compose file needs and was not given.
struct MissingOptions {
    private var words: [String] = []

    /// The words of the command line, in the order in which the file asks for them.
    var line: [String] { words }

    /// Whether nothing is wanted.
    var isEmpty: Bool { words.isEmpty }

    /// Asks for an option, once.
    mutating func want(_ name: String, _ value: String) {
        let pairs = stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) }
        let key = value.prefix { $0 != "=" }
        let isKnown = pairs.contains { option, given in
            option == "--\(name)" && (given.prefix { $0 != "=" }) == key
        }
        guard !isKnown, pairs.count < Problems.most else { return }
        words += ["--\(name)", value]
    }
}
