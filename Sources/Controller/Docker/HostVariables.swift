internal import Manifests
internal import Model

/// Variables from files of the host, read when a container is made.
enum HostVariables {
    /// What the files set; a later file's win.
    private static func read(
        _ files: [HostEnvironmentFile],
        in grants: [Grants.HostPath]
    ) throws -> [String: String] {
        var variables: [String: String] = [:]
        guard !files.isEmpty else { return variables }
        let granted = GrantedPaths(grants)
        for file in files {
            guard let bytes = try HostFile(file).bytes(in: granted) else { continue }
            variables.merge(try HostEnvironment.variables(in: bytes, of: file)) { $1 }
        }
        return variables
    }

    /// The list with the files' variables below what it sets itself.
    static func merged(
        into list: [String]?,
        from files: [HostEnvironmentFile],
        in grants: [Grants.HostPath]
    ) throws -> [String]? {
        let variables = try read(files, in: grants)
        let own = Set((list ?? []).map { String($0.prefix { $0 != "=" }) })
        let added = variables.filter { !own.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        return ((list ?? []) + added.sorted()).nonEmpty
    }

    /// Checks that the files set what a service takes from them by its bare name.
    ///
    /// Blocks.
    ///
    /// - Throws: ``MissingHostVariables`` where they do not.
    static func require(of service: Service, in grants: [Grants.HostPath]) throws {
        guard !service.hostVariables.isEmpty else { return }
        let files = service.container.hostEnvironmentFiles
        let variables = try read(files, in: grants)
        let missing = service.hostVariables.filter { variables[$0] == nil }
        guard !missing.isEmpty else { return }
        throw MissingHostVariables(
            variables: missing.map { ($0, service.origins["environment.\($0)"]) },
            files: files.map(\.path)
        )
    }
}

/// Variables that a service names without a value, and that no `env_file` on the host sets; what
/// runs goes on as it is.
struct MissingHostVariables: Error, CustomStringConvertible {
    /// The names, and where the service names them.
    var variables: [(name: String, location: SourceLocation?)]
    /// The files' paths on the host.
    var files: [String]

    /// What is missing, where, and what to do next.
    var description: String {
        let names = variables.map { variable in
            variable.name + (variable.location.map { " (\($0))" } ?? "")
        }
        let list = names.joined(separator: ", ")
        let paths = files.joined(separator: ", ")
        return "no value for \(list): \(paths) of this host does not set it; add NAME=value there"
    }
}
