import Model
import Synchronization
import XCTest

@testable import Manifests

/// One commit costs a bounded amount of work, whatever it says.
final class BoundedWorkTests: XCTestCase {
    /// A scalar costs what it is long, not what comes of it: one that cannot be filled in is
    /// charged, too, and nothing is filled in any more once the budget is spent.
    func testEveryScalarIsChargedBeforeItIsFilledIn() throws {
        for (name, end) in [("dollars", "$$"), ("errors", "${NONE}")] {
            let (length, budget) = (10 * 1_024, 1 << 20)
            let text = String(repeating: "x", count: length) + end
            let lines = Array(repeating: "*a", count: 300).joined(separator: ", ")
            let root = try ManifestFile.parse(
                Array("x-a: &a \"\(text)\"\nx-b: [\(lines)]\n".utf8),
                path: "manifests/a.yaml"
            )
            var reader = ItemReader(
                file: "a",
                kind: .manifest,
                variables: Variables(),
                budget: budget
            )
            let items = try XCTUnwrap(reader.read(root).map?["x-b"]?.list)
            let spent = items.drop { $0.scalar?.problem?.message.contains("MiB") != true }
            let most = budget / length
            XCTAssertEqual(items.count, 300, name)
            XCTAssertLessThanOrEqual(items.count - spent.count, most, name)
            XCTAssertGreaterThan(items.count - spent.count, 0, name)
            XCTAssertTrue(spent.allSatisfy { $0.scalar?.text.isEmpty == true }, name)
        }
    }

    func testNamesAreSuggestedToTheFirstProblemsOnly() {
        let lines = (1...60).map { "  s\($0): { image: 'q.io/w:1', networks: [netwrk] }" }
        let listed = (1...60).map { "s\($0): " }.joined(separator: ", ")
        let fleet = SampleFleet.of(
            "services:\n\(lines.joined(separator: "\n"))\nnetworks: { network: }\n",
            "services: { \(listed) }\n"
        )
        let found = fleet.problems()
        XCTAssertEqual(found.count, 60)
        XCTAssertEqual(found.count { $0.contains("did you mean network?") }, 20)
        let names = (1...60).map { "se\($0)" }.joined(separator: ", ")
        let policy = SampleFleet.of(
            "services:\n\(lines.joined(separator: "\n"))\nnetworks: { netwrk: }\n",
            "services: { \(listed) }\npolicy: { privileged: [\(names)] }\n"
        ).problems()
        XCTAssertEqual(policy.count, 60)
        XCTAssertEqual(policy.count { $0.contains("did you mean") }, 20)
    }

    /// A thousand entries that name one file, or lines that double each other, run into the limit.
    func testFilesOfVariablesHaveABudget() {
        let twice = Array(repeating: "{ path: big.env }", count: 40).joined(separator: ", ")
        let big = "A=\(String(repeating: "x", count: 1_000_000))\n"
        let long = String(repeating: "x", count: 200_000)
        let growing = "A=\(long)\n" + (1...400).map { "B\($0)=${A}\n" }.joined()
        for (name, line, file) in [
            ("many entries", "env_file: [\(twice)]", big.replacing("=", with: "='") + "'"),
            ("one that grows", "env_file: big.env", growing),
        ] {
            let fleet = SampleFleet.of(
                "services:\n  web:\n    image: quay.io/w:1\n    \(line)\n",
                "services: { web: }\n",
                other: ["manifests/big.env": file]
            )
            let found = fleet.problems()
            XCTAssertTrue(
                found.first?.contains("files of variables come to more than 32 MiB") == true,
                "\(name): \(found.first?.prefix(300) ?? "nothing")"
            )
        }
    }

    func testAFileIsReadAndHashedOnce() throws {
        let mounts = (1...50).map { "'./big.conf:/etc/\($0):ro'" }.joined(separator: ", ")
        let files: [String: [UInt8]] = [
            "manifests/web.yaml": Array(
                """
                services:
                  a: { image: 'q.io/a:1', volumes: [\(mounts)] }
                  b: { image: 'q.io/b:1', volumes: [\(mounts)], configs: [conf] }
                configs: { conf: { file: ./big.conf } }
                """.utf8
            ),
            "environments/prod.yaml": Array("services: { a: , b: }".utf8),
        ]
        let reads = Mutex(0)
        let fleet = Fleet(
            FleetFiles(files) { _ in
                reads.withLock { $0 += 1 }
                return Array("content".utf8)
            }
        )
        let state = try fleet.prod()
        XCTAssertEqual(state.services.map(\.container.files.count), [50, 51])
        XCTAssertEqual(Set(state.services.flatMap(\.container.files).map(\.source)).count, 1)
        XCTAssertEqual(state.files.count, 1)
        XCTAssertEqual(reads.withLock { $0 }, 1)
    }

    func testVariablesOfAServiceStandOverThoseOfTheEnvironment() throws {
        let many = (1...2_000).map { "V\($0): v\($0)" }.joined(separator: ", ")
        let fleet = SampleFleet.of(
            "services: { web: { image: 'q.io/w:${VERSION}', labels: { a: '${V7}' } } }",
            "variables: { \(many) }\nservices: { web: { version: '2' } }\n"
        )
        let web = try XCTUnwrap(fleet.prod().service(named: "web"))
        XCTAssertEqual(web.image.canonical, "q.io/w:2")
        XCTAssertEqual(web.container.labels, ["a": "v7"])
    }
}
