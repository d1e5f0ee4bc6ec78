import Model
import XCTest

@testable import Manifests

/// `adopts`: the Compose project that an environment takes over.
final class AdoptionTests: XCTestCase {
    private static let manifest = """
        services:
          web:
            image: quay.io/web:1
            environment: { P: "${COMPOSE_PROJECT_NAME}", E: "${ENVIRONMENT}" }
            volumes: ["data:/d", "own:/o", "theirs:/t:ro"]
        volumes:
          data:
          own: { name: "${COMPOSE_PROJECT_NAME}.own" }
          theirs: { external: true }

        """

    private func fleet(_ environments: [String: String]) -> Fleet {
        var files = ["manifests/web.yaml": Array(Self.manifest.utf8)]
        for (name, text) in environments {
            let granted = "services: { web: }\npolicy: { external_volumes: [theirs, shop_data] }\n"
            files["environments/\(name)"] = Array((text + granted).utf8)
        }
        return Fleet(FleetFiles(files))
    }

    private func problems(_ adopts: String) -> [String] {
        fleet(["prod.yaml": "\(adopts)\n"]).problems()
    }

    func testTheProjectsNameIsThatOfWhatItHas() throws {
        for (adopts, project, want) in [
            ("", nil, "prod"), ("adopts: { project: shop }\n", "shop", "shop"),
            ("adopts:\n  project: 2-my_shop\n", "2-my_shop", "2-my_shop"),
            ("adopts: { project: prod }\n", "prod", "prod"),
        ] as [(String, String?, String)] {
            let fleet = fleet(["prod.yaml": adopts])
            XCTAssertEqual(fleet.validate().map(\.description), [], adopts)
            let state = try fleet.prod()
            XCTAssertEqual(state.adoptedProject, project)
            XCTAssertEqual(
                ["data", "own", "theirs"].map(state.volumeName),
                ["\(want)_data", "\(want).own", "theirs"]
            )
            let web = try XCTUnwrap(state.service(named: "web"))
            XCTAssertEqual(web.container.environment, ["P": want, "E": "prod"])
            let model = try fleet.model(of: "prod", at: SampleFleet.revision)
            XCTAssertTrue(model.yaml().hasPrefix("name: \(YAMLWriter.text(want))\n"), model.yaml())
        }
    }

    func testTheModelSaysWhereTheNameComesFrom() throws {
        let fleet = fleet(["prod.yaml": "adopts: { project: shop }\n"])
        let origins = try fleet.model(of: "prod", at: SampleFleet.revision).origins
        for (field, want) in [
            ("name", "environments/prod.yaml:1:20"),
            (
                "services.web.environment.P",
                "manifests/web.yaml:4:23 (${COMPOSE_PROJECT_NAME} from environments/prod.yaml:1:20)"
            ),
        ] {
            XCTAssertEqual(origins.first { $0.field == field }?.origin.description, want)
        }
    }

    /// What an error advises, done word for word, leaves nothing to complain about.
    func testWhatElseMayStandThere() {
        let noName = "is not the name of a project that can be adopted; write"
        let rule = "\(noName) a project's name: lower-case letters, digits, hyphens and underscores"
        for (wrong, place, want, followed) in [
            (
                "shop", "1:9: error: adopts:",
                "expected a map, found a single value; write { project: shop }",
                "{ project: shop }"
            ),
            ("Shop", "1:9: error: adopts:", "; write { project: shop }", "{ project: shop }"),
            ("42", "1:9: error: adopts:", "; write { project: \"42\" }", "{ project: \"42\" }"),
            (
                "my shop", "1:9: error: adopts:",
                "; write { project: shop }, with the project's name", "{ project: shop }"
            ),
            (
                "[shop, x]", "1:9: error: adopts:",
                "expected a map, found a list; write { project: shop }", "{ project: shop }"
            ),
            (
                "[{ project: shop }]", "1:9: error: adopts:",
                "; write { project: shop }, with the project's name", "{ project: shop }"
            ),
            (
                "", "1:8: error: adopts:",
                "nothing is written; write { project: shop }, with the project's name, or remove "
                    + "the key", "{ project: shop }"
            ),
            ("~", "1:9: error: adopts:", "nothing is written; write { project:", "{ project: a }"),
            (
                "{}", "1:1: error: adopts:", "the key project is missing; add it",
                "{ project: shop }"
            ),
            (
                "{ project: }", "1:19: error: adopts.project:", "nothing is written; give it a",
                "{ project: shop }"
            ),
            (
                "{ project: ~ }", "1:20: error: adopts.project:", "nothing is written; give it a",
                "{ project: shop }"
            ),
            ("{ project: '' }", "1:20: error: adopts.project:", "\"\" \(rule)", "{ project: a }"),
            (
                "{ project: Shop }", "1:20: error: adopts.project:", "\"Shop\" \(noName) shop",
                "{ project: shop }"
            ),
            (
                "{ project: 42 }", "1:20: error: adopts.project:", "quote it: \"42\"",
                "{ project: \"42\" }"
            ),
            ("{ project: _x }", "1:20: error: adopts.project:", "\"_x\" \(rule)", "{ project: x }"),
            ("{ project: -x }", "1:20: error: adopts.project:", "\"-x\" \(rule)", "{ project: x }"),
            ("{ project: a.b }", "1:20: error: adopts.project:", "\"a.b\" \(rule)", nil),
            ("{ project: a b }", "1:20: error: adopts.project:", "\"a b\" \(rule)", nil),
            ("{ project: é }", "1:20: error: adopts.project:", "\"é\" \(rule)", nil),
            ("{ project: '${P}' }", "1:20: error: adopts.project:", "\"${P}\" \(rule)", nil),
            (
                "{ project: [shop] }", "1:20: error: adopts.project:",
                "expected a text, found a list", "{ project: shop }"
            ),
            (
                "{ project: berth-prod }", "1:20: error: adopts.project:",
                "\"berth-prod\" \(noName) the name of a project that Compose runs: Berth's own are "
                    + "called berth-…", "{ project: berth }"
            ),
            (
                "{ project: shop, services: [web] }", "1:26: error: adopts.services:",
                "there is no key \"services\"; the keys are project", "{ project: shop }"
            ),
            (
                "{ project: \(String(repeating: "a", count: 127)) }",
                "1:20: error: adopts.project:", "at most 126",
                "{ project: \(String(repeating: "a", count: 126)) }"
            ),
        ] as [(String, String, String, String?)] {
            let found = problems("adopts: \(wrong)".trimmed)
            XCTAssertEqual(found.count, 1, "\(wrong): \(found)")
            let start = "environments/prod.yaml:\(place) "
            XCTAssertTrue(found.first?.hasPrefix(start) == true, "\(wrong): \(found)")
            XCTAssertTrue(found.first?.contains(want) == true, "\(wrong): \(found)")
            if let followed { XCTAssertEqual(problems("adopts: \(followed)"), [], wrong) }
        }
        let empty = problems("adopts: { project: }").first
        XCTAssertTrue(empty?.hasSuffix("; give it a value") == true, "\(empty ?? "")")
        XCTAssertEqual(problems("x-adopts: shop"), [])
    }

    func testNamesThatComposeDerives() {
        for (text, want) in [
            ("Shop", "shop"), ("my shop!", "myshop"), ("_-x_y-", "x_y-"), ("é", ""), ("", ""),
        ] {
            XCTAssertEqual(ProjectName.normalised(text), want)
        }
    }

    /// Two environments cannot have the same volumes, networks and containers.
    func testOneProjectOfTwoEnvironments() {
        let shop = "adopts: { project: shop }\n"
        let names = "names of volumes and networks begin with"
        for (subject, environments, want) in [
            ("apart", ["dev.yaml": "", "prod.yaml": shop], nil),
            ("one each", ["dev.yaml": "adopts: { project: other }\n", "prod.yaml": shop], nil),
            ("its own name", ["dev.yaml": "", "prod.yaml": "adopts: { project: prod }\n"], nil),
            (
                "a name that is free",
                ["dev.yaml": shop, "prod.yaml": "adopts: { project: dev }\n"], nil
            ),
            (
                "both adopt one", ["dev.yaml": "\n" + shop, "prod.yaml": shop],
                "environments/prod.yaml:1:20: error: adopts.project: dev adopts the project shop, "
                    + "too (environments/dev.yaml:2:20); remove adopts from one of the two"
            ),
            (
                "another's name", ["dev.yaml": "", "prod.yaml": "adopts: { project: dev }\n"],
                "environments/prod.yaml:1:20: error: adopts.project: \(names) dev_ in the "
                    + "environment dev, too (environments/dev.yaml); rename that environment's file"
            ),
            (
                "a later one's name", ["prod.yaml": "", "dev.yaml": "adopts: { project: prod }\n"],
                "environments/dev.yaml:1:20: error: adopts.project: \(names) prod_ in the "
                    + "environment prod, too (environments/prod.yaml); rename that environment's"
            ),
            (
                "a volume of the project",
                ["dev.yaml": "volumes: { data: { name: shop_data } }\n", "prod.yaml": shop],
                "environments/dev.yaml:1:26: error: volumes.data.name: the volume shop_data is that "
                    + "of volume data of prod, too; rename one, or declare it external"
            ),
            (
                "a network of the project",
                ["dev.yaml": "networks: { default: { name: shop_default } }\n", "prod.yaml": shop],
                "environments/dev.yaml:1:30: error: networks.default.name: the network shop_default "
                    + "is that of network default of prod, too"
            ),
            (
                "names that meet",
                [
                    "a.yaml": "adopts: { project: x }\nvolumes: { data: { name: x_y_data } }\n",
                    "b.yaml": "adopts: { project: x_y }\n",
                ],
                "environments/a.yaml:2:26: error: volumes.data.name: the volume x_y_data is that of "
                    + "volume data of b, too"
            ),
            (
                "a volume that is written to",
                [
                    "dev.yaml": "volumes: { data: { name: shop_data, external: true } }\n",
                    "prod.yaml": shop,
                ],
                "manifests/web.yaml:5:15: error: services.web.volumes[0]: the volume shop_data is "
                    + "written to by dev/web, too; mount it read-only in one of them"
            ),
            (
                "one environment of two files", ["prod.yaml": shop, "prod.yml": shop],
                "environments/prod.yml:1:1: error: environments/prod.yaml is the same environment"
            ),
        ] as [(String, [String: String], String?)] {
            let found = fleet(environments).validate().map(\.description)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(subject): \(found)")
            if let want { XCTAssertTrue(found.first?.hasPrefix(want) == true, "\(found)") }
        }
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
