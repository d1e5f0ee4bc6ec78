internal import Model
internal import YAML

/// Which manifest defines which service.
struct ServiceIndex: Sendable {
    /// One definition of a service.
    struct Definition: Sendable {
        var manifest: ManifestFile
        var node: Node
        var location: SourceLocation
    }

    /// The definitions by name; more than one is a mistake.
    private(set) var definitions: [String: [Definition]] = [:]
    /// The files that cannot be read, whose services are unknown.
    private(set) var unreadable: [Diagnostic] = []

    /// Lists the services of all manifests.
    init(_ manifests: [ManifestFile]) {
        for manifest in manifests {
            if let problem = manifest.problem { unreadable.append(problem) }
            for (name, node, location) in manifest.services {
                let definition = Definition(manifest: manifest, node: node, location: location)
                definitions[name, default: []].append(definition)
            }
        }
    }
}
