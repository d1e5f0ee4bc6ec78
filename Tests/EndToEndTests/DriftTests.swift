import Foundation
import TestSupport
import XCTest

/// What differs from the repository is shown with who set it, and repaired by the controller.
final class DriftTests: EndToEndTestCase {
    func testEveryKindOfDrift() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
            let commit = try fleet.commit("Describe the fleet", ServiceText())
            try await converge(fleet)
            let clean = try await fleet.drift()
            XCTAssertEqual(clean.map(\.kind), [])

            let web = "prod-web-1"
            let world = fleet.world
            try await expect(fleet, "missing", of: web, "replicas", commit) {
                try await world.docker("rm", "-f", web)
            }
            try await expect(fleet, "stopped", of: web, "state", commit) {
                try await world.docker("stop", "-t", "1", web)
            }
            try await expect(fleet, "unhealthy", of: web, "healthcheck", commit) {
                try await world.docker("exec", web, "rm", "/www/health")
                try await eventually("Docker calls it unhealthy") {
                    try await world.containers("health=unhealthy") == [web]
                }
            } undo: {
                // A container this young is not replaced at once.
                try await world.docker("rm", "-f", web)
            }
            try await expect(fleet, "configuration", of: web, nil, commit) {
                try await world.docker("update", "--restart", "always", web)
            } undo: {
                // What `docker update` changes is reported, and left to whoever did it.
                try await world.docker("update", "--restart", "unless-stopped", web)
            }
            try await expect(fleet, "unexpected", of: "prod-web-7", "services.web", commit) {
                try await addStranger(world)
            }
            try await expect(fleet, "traffic", of: "web", nil, commit) {
                try await breakTraffic(world)
            }
            try await expect(fleet, "version", of: web, "version", nil, author: "Second Author") {
                try fleet.commit(
                    "Promote",
                    ServiceText(version: "1.1.0"),
                    author: "Second Author <second@example.org>"
                )
            }
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.1.0")
        }
    }

    /// Makes a difference while nobody acts, looks at its row, and lets a controller repair it.
    private func expect(
        _ fleet: Fleet,
        _ kind: String,
        of subject: String,
        _ field: String?,
        _ commit: String?,
        author: String = "First Author",
        after change: () async throws -> Void,
        undo: () async throws -> Void = {}
    ) async throws {
        try await change()
        let rows = try await fleet.drift()
        guard let row = rows.first(where: { $0.kind == kind && $0.subject == subject }) else {
            return XCTFail("\(kind) of \(subject) is not among \(rows)")
        }
        if let field { XCTAssertEqual(row.field, field, kind) }
        XCTAssertFalse(row.field.isEmpty, kind)
        let head = try commit ?? fleet.repository.head()
        XCTAssertTrue(head.hasPrefix(row.commit ?? "none"), "\(row)")
        XCTAssertEqual(row.author, author, kind)
        let exit = try await fleet.berth("drift").code
        XCTAssertEqual(exit, 1, kind)
        try await undo()
        try await converge(fleet)
        let left = try await fleet.drift()
        XCTAssertEqual(left.map(\.kind), [], "after \(kind): \(left)")
    }

    private func converge(_ fleet: Fleet) async throws {
        try await withController(fleet) { _ in
            try await settled(fleet)
            // One that is still warming would come into the table only after the controller's end.
            try await eventually("no drift is left, and all serve") {
                guard try await fleet.berth("drift").code == 0 else { return false }
                let row = try await fleet.status()
                return row?.ready == row?.replicas
            }
        }
    }

    /// A container with Berth's labels in a slot that nobody wants.
    private func addStranger(_ world: World) async throws {
        let format = "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}\n{{end}}"
        let text = try await world.docker("inspect", "--format", format, "prod-web-1")
        let labels = text.split(separator: "\n").filter { $0.hasPrefix("berth.") }.map { label in
            label.hasPrefix("berth.slot=")
                ? "berth.slot=7"
                : label.hasPrefix("berth.name=") ? "berth.name=prod-web-7" : String(label)
        }
        let image = try await world.docker("inspect", "--format", "{{.Image}}", "prod-web-1")
        let words =
            ["docker", "create", "--name", "prod-web-7", "--network", "none"]
            + labels.flatMap { ["--label", $0] }
            + [image.trimmingCharacters(in: .whitespacesAndNewlines)]
        let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        let ended = try await world.run(words, environment: address)
        XCTAssertEqual(ended.code, 0, "\(ended)")
    }

    /// Empties the chain that leads to the service's containers.
    private func breakTraffic(_ world: World) async throws {
        let table = try await world.run(["nft", "list", "table", "ip", "berth"]).output
        let chains = table.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.first?.hasSuffix("chain") == true, words.count > 1, words[1].contains("web")
            else {
                return nil
            }
            return String(words[1])
        }
        XCTAssertFalse(chains.isEmpty, table)
        for chain in chains {
            let ended = try await world.run(["nft", "flush", "chain", "ip", "berth", chain])
            XCTAssertEqual(ended.code, 0, "\(ended)")
        }
    }

    func testMovedTag() async throws {
        try await withFleet { fleet in
            var image = TestImage(name: "moving", version: "1.0.0")
            image.tag = "1.0.0"
            try await fleet.world.push(image)
            let commit = try fleet.commit(
                "Describe the fleet",
                ServiceText(image: "moving", replicas: 1)
            )
            try await converge(fleet)
            image.version = "1.0.0 again"
            try await fleet.world.push(image)
            let rows = try await fleet.drift()
            XCTAssertEqual(rows.map(\.kind), ["tag moved"], "\(rows)")
            XCTAssertEqual(rows.first?.field, "image")
            XCTAssertEqual(rows.first?.author, "First Author")
            XCTAssertTrue(commit.hasPrefix(rows.first?.commit ?? "none"), "\(rows)")
            // What was deployed stays until somebody commits.
            let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "moving 1.0.0")
        }
    }
}
