import XCTest

@testable import Manifests

/// The comparison finds what is lost, beside what it excuses.
final class CanonicalRulesTests: XCTestCase {
    private static let file = """
        name: shop
        x-team: { mail: a@b.example }
        services:
          web:
            build: .
            image: quay.io/web:1
            environment: [A=1, B=2, C]
            env_file: [a.env, { path: b.env, required: false }]
            ports: ["8080:80", "8443:443/tcp"]
            volumes: ["data:/data", "/srv:/srv:ro", "/srv:/bad:RO"]
            labels: { a: b, c.d: e }
            links: [db]
            depends_on: [db]
            healthcheck: { test: [CMD, t], interval: 5s }
            deploy: { replicas: 2, update_config: { order: start-first } }
            networks: { front: { aliases: [w] }, back: }
          db: { image: "quay.io/db:1", command: [run, --fast], secrets: [key], configs: [conf] }
          debug: { image: "quay.io/debug:1", profiles: [debug], ports: ["9:9"] }
        networks: { front: , back: { internal: true } }
        volumes: { data: { labels: { x: y } } }
        configs: { conf: { content: c } }
        secrets: { key: { file: /srv/key } }
        """

    /// What Compose has of it: what we refuse, what it takes from files, no service of a profile.
    private func theirs(_ ours: JSON) -> JSON {
        let own: [([String], JSON)] = [
            (["x-team"], .map(["mail": .text("a@b.example")])), (["name"], .text("proj")),
            (["services", "web", "build"], .map(["context": .text(".")])),
            (["services", "web", "links"], .list([.text("db")])),
            (["services", "web", "volumes", "2"], .map(["target": .text("/bad")])),
            (["services", "web", "environment", "OF_FILE"], .text("x")),
            (["services", "web", "command"], .null), (["services", "web", "entrypoint"], .null),
            (["services", "db", "entrypoint"], .null),
        ]
        let theirs = own.reduce(ours) { $0.setting($1.0[...], to: $1.1) }
        return ["services.web.env_file", "services.debug"].reduce(theirs) {
            $0.removing($1.split(separator: ".").map(String.init)[...])
        }
    }

    func testWhatIsExcusedIsExcusedByItsCause() throws {
        let comparison = CanonicalComparison(Array(Self.file.utf8), [:])
        let verdict = comparison.verdict(against: theirs(try XCTUnwrap(comparison.ours)))
        XCTAssertEqual(verdict.unexplained, [])
        XCTAssertEqual(
            Set(verdict.rules),
            [
                "not available: build", "not available: links", "unknown mount options are refused",
                "x-… is left alone", "env_file is kept",
                "files of variables are read where it runs", "profiles are for Compose",
            ]
        )
    }

    func testEveryLossIsFound() throws {
        let comparison = CanonicalComparison(Array(Self.file.utf8), [:])
        var losses = PlantedLosses()
        losses.plant(in: comparison, against: theirs(try XCTUnwrap(comparison.ours)), "file")
        losses.report()
    }

    /// Whole classes of losses, as a mistake in the reader would have them.
    func testLossesThroughoutAreFound() throws {
        let comparison = CanonicalComparison(Array(Self.file.utf8), [:])
        let ours = try XCTUnwrap(comparison.ours)
        let plants: [(name: String, of: (JSON) -> JSON)] = [
            ("the last item of each list", { $0.mapLists { Array($0.dropLast()) } }),
            ("the first item of each list", { $0.mapLists { Array($0.dropFirst()) } }),
            ("lists turned round", { $0.mapLists { $0.reversed() } }),
            ("all variables", { $0.removing(["services", "web", "environment"]) }),
            ("a bare name", { $0.removing(["services", "web", "environment", "C"]) }),
            ("a file of variables", { $0.removing(["services", "web", "env_file", "1"]) }),
            ("what stands beside a refused field", { $0.removing(["services", "web", "image"]) }),
            (
                "what stands beside a refused item",
                { $0.removing(["services", "web", "volumes", "0"]) }
            ),
            ("a service without profiles", { $0.removing(["services", "db"]) }),
            ("a service's command", { $0.removing(["services", "db", "command"]) }),
            ("a whole section", { $0.removing(["networks"]) }),
            (
                "a service that the file does not have",
                {
                    $0.setting(["services", "more"], to: .map(["image": .text("m")]))
                }
            ),
        ]
        for (name, plant) in plants {
            var poorer = comparison
            poorer.ours = plant(ours)
            XCTAssertNotEqual(poorer.ours, ours, name)
            XCTAssertNotEqual(poorer.verdict(against: theirs(ours)).unexplained, [], name)
        }
    }
}

extension JSON {
    /// The value with an entry at a path, new or not.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSON) -> JSON {
        guard let first = path.first else { return value }
        switch self {
        case .map(var map):
            map[first] = (map[first] ?? .map([:])).setting(path.dropFirst(), to: value)
            return .map(map)
        default: return replacing(path, with: value)
        }
    }

    /// The value with other items in each list.
    fileprivate func mapLists(_ transform: ([JSON]) -> [JSON]) -> JSON {
        switch self {
        case .list(let list): .list(transform(list.map { $0.mapLists(transform) }))
        case .map(let map): .map(map.mapValues { $0.mapLists(transform) })
        default: self
        }
    }
}
