import Model
import XCTest

@testable import Manifests

/// A takeover of a Compose file in `/srv/shop`, which has to pass `validate`.
enum SampleTakeover {
    static func take(
        _ text: String,
        _ variables: [String: String],
        files: [String: String] = [:],
        folder: String? = "",
        images: [String: String] = [:],
        data: String? = nil,
        project: String? = nil
    ) throws -> Takeover {
        var source = Takeover.Source(
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
        let takeover = try Takeover(of: source)
        let texts = takeover.files.map { ($0.path, Array($0.text.utf8)) }
        let all = texts + takeover.copies.map { ($0.path, $0.bytes) }
        let fleet = Fleet(
            FleetFiles(Dictionary(all) { $1 }) { path in files[path].map { Array($0.utf8) } }
        )
        let errors = fleet.validate().filter { $0.severity == .error }
        XCTAssertEqual(errors.map(\.description), [])
        return takeover
    }

    static func text(_ path: String, of takeover: Takeover) -> String {
        takeover.files.first { $0.path == path }?.text ?? ""
    }
}
