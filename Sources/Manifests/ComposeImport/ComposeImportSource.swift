internal import YAML

extension ComposeImport {
    /// A Compose file, where it comes from and goes to, and what its user decided.
    package struct Source: Sendable {
        package var bytes: [UInt8]
        package var path: String
        /// Its folder, from the repository's root, empty for the root; nil where it lies outside.
        package var folder: String?
        package var variables: [String: String]
        package var other: @Sendable (_ path: String) throws -> [UInt8]?
        /// Looks up a regular file by its path from the Compose file's folder.
        package var beside: @Sendable (_ path: String) throws -> [UInt8]?
        /// The Compose file's folder, an absolute path.
        package var place = "/"
        /// The user's home folder, an absolute path.
        package var home = "/root"
        package var images: [String: String] = [:]
        /// Where on the host relative paths start that no commit can have; an absolute path.
        package var data: String?
        package var project: String?
        /// Variables that look like secrets and are none.
        package var harmless: Set<String> = []
        /// The folder of the host for files of variables with secrets; an absolute path.
        package var secrets = "/etc/berth"

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
    private var known: Set<String> = []
    /// Words of the command line, in the order in which the file needs them.
    private(set) var words: [String] = []

    mutating func add(_ name: String, _ value: String) {
        let key = value.prefix { $0 != "=" }
        let isNew = known.insert("\(name) \(key)").inserted
        guard isNew, known.count <= Problems.most else { return }
        words += ["--\(name)", value]
    }
}
