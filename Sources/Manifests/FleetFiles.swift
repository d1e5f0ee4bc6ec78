/// The files of one commit that a fleet is read from.
public struct FleetFiles: Sendable {
    /// The contents of everything below `manifests/` and `environments/`, by path in the
    /// repository.
    public var files: [String: [UInt8]]
    /// Looks up any other file of the commit that a manifest names; nil where there is none.
    public var other: @Sendable (_ path: String) throws -> [UInt8]?

    /// Gathers files.
    public init(
        _ files: [String: [UInt8]],
        other: @escaping @Sendable (_ path: String) throws -> [UInt8]? = { _ in nil }
    ) {
        self.files = files
        self.other = other
    }

    /// The YAML files that stand in a folder itself, sorted by path; names go without the ending.
    func paths(in folder: String) -> [(path: String, name: String, bytes: [UInt8])] {
        files.compactMap { path, bytes in
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == folder, !parts[1].hasPrefix(".") else { return nil }
            for ending in [".yaml", ".yml"] where parts[1].hasSuffix(ending) {
                return (path, String(parts[1].dropLast(ending.count)), bytes)
            }
            return nil
        }.sorted { $0.path < $1.path }
    }

    /// A file of the commit.
    func read(_ path: String) throws -> [UInt8]? { try files[path] ?? other(path) }
}
