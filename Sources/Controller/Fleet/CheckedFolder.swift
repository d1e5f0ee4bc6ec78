public import Manifests
public import Model

/// A folder's manifests and environments, checked as they lie there, committed or not.
public struct CheckedFolder: Sendable {
    /// The environments that were found, sorted.
    public let environments: [String]
    /// Everything that is wrong or worth a look, ordered by place.
    public let problems: [Diagnostic]
    private let fleet: Fleet

    /// Reads and checks a folder; throws where there is no such folder, or nothing to check in it.
    public init(path: String) throws {
        let tree = WorkingTree(path: path)
        var files: [String: [UInt8]] = [:]
        for folder in ["manifests", "environments"] {
            for name in tree.names(in: folder) {
                let file = "\(folder)/\(name)"
                files[file] = try tree.read(file)
            }
        }
        guard !files.isEmpty else { throw NothingToCheck(path: path) }
        fleet = Fleet(FleetFiles(files) { try tree.read($0) })
        environments = fleet.environmentNames
        problems = fleet.validate()
    }

    /// The effective Compose model of an environment; `GIT_SHA` is all zeros, for nothing is
    /// committed here.
    ///
    /// - Throws: all that is wrong with the environment at once.
    public func model(of environment: String) throws(InvalidEnvironment) -> ComposeModel {
        let revision = Revision(
            id: String(repeating: "0", count: 40),
            author: "",
            date: Moment(milliseconds: 0),
            subject: ""
        )
        return try fleet.model(of: environment, at: revision)
    }
}

/// A folder without manifests and environments.
public struct NothingToCheck: Error, CustomStringConvertible {
    /// The folder.
    public let path: String

    /// What happened, and what to do next.
    public var description: String {
        "\(path) has neither manifests/*.yaml nor environments/*.yaml; name the folder of a fleet "
            + "repository"
    }
}
