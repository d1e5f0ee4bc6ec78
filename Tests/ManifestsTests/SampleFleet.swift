import Foundation
import Manifests
import Model

/// Fleets to test with.
enum SampleFleet {
    /// The package's own folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The fleet at the top of the repository.
    static func own() throws -> Fleet { Fleet(FleetFiles(try ownFiles())) }

    /// Its files, by path in the repository.
    static func ownFiles() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for folder in ["manifests", "environments"] {
            let url = root.appendingPathComponent(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
                let data = try Data(contentsOf: url.appendingPathComponent(name))
                files["\(folder)/\(name)"] = [UInt8](data)
            }
        }
        return files
    }

    /// A fleet of one manifest and one environment, `prod`.
    static func of(
        _ manifest: String,
        _ environment: String,
        other: [String: String] = [:]
    ) -> Fleet {
        var files = other.mapValues { Array($0.utf8) }
        files["manifests/web.yaml"] = Array(manifest.utf8)
        files["environments/prod.yaml"] = Array(environment.utf8)
        return Fleet(FleetFiles(files))
    }

    /// A commit.
    static let revision = Revision(
        id: "0123456789abcdef0123456789abcdef01234567",
        author: "A",
        date: Moment(milliseconds: 0),
        subject: "Say something"
    )
}

extension Fleet {
    /// What a test fleet says for `prod`.
    func prod() throws -> DesiredState { try desiredState(of: "prod", at: SampleFleet.revision) }

    /// What is wrong with `prod`, one line each.
    func problems() -> [String] {
        do {
            return try prod().warnings.map(\.description)
        } catch {
            return (error as? InvalidEnvironment)?.diagnostics.map(\.description) ?? ["\(error)"]
        }
    }
}
