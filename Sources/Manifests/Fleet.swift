package import Model

/// A fleet repository as one commit has it: manifests and environments.
///
/// Pure: the same files give the same desired states, everywhere and at any time.
///
/// ```swift
/// let fleet = Fleet(FleetFiles(["manifests/web.yaml": …, "environments/prod.yaml": …]))
/// let state = try fleet.desiredState(of: "prod", at: revision)
/// ```
package struct Fleet: Sendable {
    static let mostServices = 1_000

    let files: FleetFiles
    let manifests: [ManifestFile]
    let environments: [EnvironmentFile]
    let index: ServiceIndex

    /// Reads the manifests and environments among the files.
    ///
    /// Nothing is wrong yet: what cannot be read is reported by the environments that need it.
    package init(_ files: FleetFiles) {
        self.files = files
        manifests = files.paths(in: "manifests").map {
            ManifestFile(path: $0.path, bytes: $0.bytes)
        }
        environments = files.paths(in: "environments").map {
            EnvironmentFile(name: $0.name, path: $0.path, bytes: $0.bytes)
        }
        index = ServiceIndex(manifests)
    }

    package var environmentNames: [String] { environments.map(\.name) }

    /// - Throws: all that is wrong with it at once, each with its place.
    package func desiredState(
        of environment: String,
        at revision: Revision
    ) throws(InvalidEnvironment) -> DesiredState {
        var resolver = Resolver(fleet: self, file: try file(of: environment), revision: revision)
        return try resolver.desiredState()
    }

    /// Every value with its origin.
    ///
    /// - Throws: all that is wrong with the environment at once.
    package func model(
        of environment: String,
        at revision: Revision
    ) throws(InvalidEnvironment) -> ComposeModel {
        var resolver = Resolver(fleet: self, file: try file(of: environment), revision: revision)
        _ = try resolver.desiredState()
        return resolver.model
    }

    private func file(of environment: String) throws(InvalidEnvironment) -> EnvironmentFile {
        let files = environments.filter { $0.name == environment }
        if files.count > 1 {
            let paths = files.map(\.path).joined(separator: " and ")
            let problem = Diagnostic(
                at: files[1].start,
                "\(paths) are one environment",
                remedy: "remove one of them"
            )
            throw InvalidEnvironment(environment: environment, diagnostics: [problem])
        }
        if let file = files.first { return file }
        let near = NearestName.of(environment, among: environmentNames)
        let known = environmentNames.joined(separator: ", ")
        let problem = Diagnostic(
            at: nil,
            "there is no environment \(environment.quoted)",
            remedy: near.map { "did you mean \($0)?" }
                ?? (known.isEmpty
                    ? "add environments/\(environment).yaml" : "the environments are \(known)")
        )
        throw InvalidEnvironment(environment: environment, diagnostics: [problem])
    }
}

/// Why an environment cannot be used: everything that is wrong with it.
package struct InvalidEnvironment: Error, Sendable, CustomStringConvertible {
    package var environment: String
    /// What is wrong, ordered by place; warnings among it.
    package var diagnostics: [Diagnostic]

    package init(environment: String, diagnostics: [Diagnostic]) {
        self.environment = environment
        self.diagnostics = diagnostics
    }

    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
