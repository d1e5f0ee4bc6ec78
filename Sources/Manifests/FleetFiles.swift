/// The files of one commit that a fleet is read from.
package struct FleetFiles: Sendable {
    /// The contents of all manifests and environments, and of other files that are known already,
    /// by path in the repository.
    package var files: [String: [UInt8]]
    /// Looks up any other file of the commit that a manifest names; nil where there is none.
    package var other: @Sendable (_ path: String) throws -> [UInt8]?

    package init(
        _ files: [String: [UInt8]],
        other: @escaping @Sendable (_ path: String) throws -> [UInt8]? = { _ in nil }
    ) {
        self.files = files
        self.other = other
    }

    /// The largest file of a commit that is read, in bytes: 4 MiB.
    package static let largest = 4 << 20

    package static let folders = ["manifests", "environments"]

    /// Whether a path is that of a manifest or an environment: a YAML file in one of the folders
    /// itself, not hidden.
    ///
    /// Any other file counts only where one of these names it.
    package static func isDefinition(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && folders.contains(String(parts[0])) && !parts[1].hasPrefix(".")
            && endings.contains { parts[1].hasSuffix($0) }
    }

    private static let endings = [".yaml", ".yml"]

    /// The YAML files that stand in a folder itself, sorted by path; names go without the ending.
    func paths(in folder: String) -> [(path: String, name: String, bytes: [UInt8])] {
        files.compactMap { path, bytes in
            guard Self.isDefinition(path), path.hasPrefix("\(folder)/") else { return nil }
            let name = path.dropFirst(folder.count + 1)
            guard let ending = Self.endings.first(where: name.hasSuffix) else { return nil }
            return (path, String(name.dropLast(ending.count)), bytes)
        }.sorted { $0.path < $1.path }
    }

    func read(_ path: String) throws -> [UInt8]? { try files[path] ?? other(path) }
}
