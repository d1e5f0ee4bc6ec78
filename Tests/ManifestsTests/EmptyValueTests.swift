import Model
import XCTest

@testable import Manifests

/// A value that is written and empty is said to be so where something has to stand.
final class EmptyValueTests: XCTestCase {
    private func problems(_ line: String, top: String = "", environment: String = "") -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    \(line)\n\(top)",
            "services: { web: }\n\(environment)"
        ).problems()
    }

    func testWhatHasToBeThereHasToSaySomething() {
        for (line, top, want) in [
            (
                "env_file: [{ path: '' }]", "",
                "4:24: error: services.web.env_file[0]: path is empty"
            ),
            ("env_file: ['']", "", "4:16: error: services.web.env_file[0]: it is empty"),
            ("env_file: ''", "", "4:15: error: services.web.env_file[0]: it is empty"),
            ("configs: [{ source: '' }]", "", "services.web.configs[0]: source is empty"),
            ("configs: ['']", "", "services.web.configs[0]: it is empty"),
            ("secrets: ['${NONE}']", "", "services.web.secrets[0]: it is empty"),
            ("devices: [{ source: '' }]", "", "services.web.devices[0].source: it is empty"),
            (
                "devices: [{ source: '', target: '/dev/sda:/dev/sda' }]", "",
                "services.web.devices[0].source: it is empty"
            ),
            (
                "volumes: [{ type: bind, source: /a, target: '' }]", "",
                "not an absolute path inside"
            ),
        ] {
            let found = problems(
                "image: quay.io/web:1\n    \(line)",
                top: top,
                environment: "variables: { NONE: '' }\npolicy: { host_paths: [/a] }\n"
            )
            XCTAssertTrue(found.contains { $0.contains(want) }, "\(line): \(found)")
        }
    }

    func testNoServiceIsDroppedInSilence() {
        for (line, want) in [
            ("image: ''", "manifests/web.yaml:3:12: error: services.web.image: the image is empty"),
            (
                "image: \"${NONE}\"",
                "manifests/web.yaml:3:12: error: services.web.image: the image is empty"
            ),
            ("user: app", "services.web.image: the image is missing"),
            ("image: ", "services.web.image: nothing is written"),
            ("image: []", "services.web.image: expected a text"),
            ("image: {}", "services.web.image: expected a text"),
        ] {
            let found = problems(line, environment: "variables: { NONE: '' }\n")
            XCTAssertTrue(found.contains { $0.contains(want) }, "\(line): \(found)")
        }
        let alone = SampleFleet.of("services: {}", "services: { web: { image: '' } }\n").problems()
        XCTAssertEqual(
            alone,
            [
                "environments/prod.yaml:1:27: error: services.web.image: the image is empty; "
                    + "name it, or take the service out"
            ]
        )
    }

    /// Whatever a later reader forgets to report, a listed service is built or complained about.
    func testAServiceThatIsNotBuiltIsReported() throws {
        let fleet = SampleFleet.of(
            "services: { web: { image: 'quay.io/w:1' }, db: { image: 'quay.io/d:1' } }",
            "services: { web: , db: }\n"
        )
        let file = try XCTUnwrap(fleet.environments.first)
        var resolver = Resolver(fleet: fleet, file: file, revision: SampleFleet.revision)
        resolver.resolve()
        resolver.services.removeAll { $0.name == "db" }
        _ = resolver.build()
        XCTAssertEqual(
            resolver.problems.sorted.map(\.description),
            [
                "environments/prod.yaml:1:20: error: services.db: it is listed and cannot be "
                    + "built; report this as a bug, with the file"
            ]
        )
    }

    func testAnEmptyListOfTrustedRegistriesTrustsNone() {
        let found = problems(
            "image: quay.io/web:1",
            environment: "policy: { trusted_registries: [] }\n"
        )
        XCTAssertEqual(
            found,
            [
                "environments/prod.yaml:2:31: error: policy.trusted_registries: an empty list "
                    + "trusts no registry; list registries, or remove the key to trust all"
            ]
        )
    }
}
