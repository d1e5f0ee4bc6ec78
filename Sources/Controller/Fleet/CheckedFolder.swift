package import Manifests
package import Model

/// A folder's manifests and environments, checked as they lie there, committed or not.
///
/// Files are read by the mirror's rules, so that what is valid here is valid once it is committed.
package struct CheckedFolder: Sendable {
    /// The environments that were found, sorted.
    package let environments: [String]
    /// Everything that is wrong or worth a look, ordered by place.
    package let problems: [Diagnostic]
    private let fleet: Fleet
    /// Manifests and environments that cannot be read.
    private let refused: [Diagnostic]

    /// Reads and checks a folder; throws where there is no such folder, or nothing to check in it.
    package init(path: String) throws {
        let tree = WorkingTree(path: path)
        var files: [String: [UInt8]] = [:]
        var refused: [Diagnostic] = []
        for folder in FleetFiles.folders {
            do {
                for name in try tree.committedNames(in: folder) {
                    let file = "\(folder)/\(name)"
                    guard FleetFiles.isDefinition(file) else { continue }
                    do {
                        files[file] = try tree.committed(file)
                    } catch let error as RefusedFile where !error.isFolder {
                        refused.append(error.diagnostic)
                    } catch let error as RefusedFile where error.isFolder {
                        continue
                    }
                }
            } catch let error as RefusedFile {
                refused.append(error.diagnostic)
            }
        }
        guard !files.isEmpty || !refused.isEmpty else { throw NothingToCheck(path: path) }
        fleet = Fleet(FleetFiles(files) { try tree.committed($0) })
        environments = fleet.environmentNames
        self.refused = refused
        problems = refused + fleet.validate()
    }

    /// The effective Compose model of an environment; `GIT_SHA` is all zeros, for nothing is
    /// committed here.
    ///
    /// - Throws: all that is wrong with the environment at once.
    package func model(of environment: String) throws(InvalidEnvironment) -> ComposeModel {
        guard refused.isEmpty else {
            throw InvalidEnvironment(environment: environment, diagnostics: refused)
        }
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
package struct NothingToCheck: Error, CustomStringConvertible {
    /// The folder.
    package let path: String

    /// What happened, and what to do next.
    package var description: String {
        "\(path) has neither manifests/*.yaml nor environments/*.yaml; name the folder of a fleet "
            + "repository"
    }
}
