internal import Manifests
internal import Model

/// Variables from files of the host, read when a container is made.
enum HostVariables {
    /// The largest file that is read.
    private static let limit = 1 << 20

    /// The list with the files' variables below what it sets itself; a later file's win.
    static func merged(
        into list: [String]?,
        from files: [HostEnvironmentFile],
        in grants: [Grants.HostPath]
    ) throws -> [String]? {
        var variables: [String: String] = [:]
        guard !files.isEmpty else { return list }
        let granted = GrantedPaths(grants)
        for file in files {
            let content = HostFile(path: file.path, isRequired: file.isRequired)
            guard let bytes = try content.bytes(in: granted, atMost: limit) else { continue }
            variables.merge(try HostEnvironment.variables(in: bytes, of: file)) { $1 }
        }
        let own = Set((list ?? []).map { String($0.prefix { $0 != "=" }) })
        let added = variables.filter { !own.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        return ((list ?? []) + added.sorted()).nonEmpty
    }
}
