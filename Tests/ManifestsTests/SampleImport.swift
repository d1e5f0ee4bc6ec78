import Model
import XCTest

@testable import Manifests

/// An import of a Compose file in `/srv/shop`, which has to pass `validate`.
enum SampleImport {
    static func take(
        _ text: String,
        _ variables: [String: String],
        files: [String: String] = [:],
        folder: String? = "",
        images: [String: String] = [:],
        data: String? = nil,
        project: String? = nil
    ) throws -> ComposeImport {
        var source = ComposeImport.Source(
            bytes: Array(text.utf8),
            path: "compose.yaml",
            folder: folder,
            variables: variables,
            other: { path in files[path].map { Array($0.utf8) } }
        )
        source.beside = { path in
            files[path].map { Array($0.utf8) }
                ?? files[PathText.cleaned(path)].map { Array($0.utf8) }
        }
        source.place = "/srv/shop"
        source.home = "/home/me"
        source.secrets = "/etc/berth/shop"
        (source.images, source.data, source.project) = (images, data, project)
        let imported = try ComposeImport(of: source)
        let texts = imported.files.map { ($0.path, Array($0.text.utf8)) }
        let all = texts + imported.copies.map { ($0.path, $0.bytes) }
        let fleet = Fleet(
            FleetFiles(Dictionary(all) { $1 }) { path in files[path].map { Array($0.utf8) } }
        )
        let errors = fleet.validate().filter { $0.severity == .error }
        XCTAssertEqual(errors.map(\.description), [])
        return imported
    }

    static func text(_ path: String, of imported: ComposeImport) -> String {
        imported.files.first { $0.path == path }?.text ?? ""
    }
}
