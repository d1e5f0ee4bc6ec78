import Foundation
import TestSupport
import XCTest

/// What cannot work is said, kept for a look, and harms nobody.
final class FailureTests: EndToEndTestCase {
    func testVersionThatNeverGetsReady() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.2.0", isHealthy: false))
            try fleet.commit("Describe the fleet", ServiceText(startTimeout: "3s"))
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.2.0", startTimeout: "3s"))
                    try await controller.says("1.2.0 failed: ")
                    try await eventually("status says failed") {
                        try await fleet.status()?.state == "failed"
                    }
                }
                let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
                XCTAssertEqual(answer, "web 1.0.0")
                try await checkStatus(fleet)
                try await checkKeptContainer(fleet)

                try fleet.repository.git("revert", "--no-edit", "HEAD")
                try await settled(fleet, on: "web 1.0.0")
                let left = try await fleet.world.containers().filter { !$0.contains(".bad") }
                XCTAssertEqual(left, ["prod-web-1", "prod-web-2"])
            }
        }
    }

    private func checkStatus(_ fleet: Fleet) async throws {
        let row = try await fleet.status()
        XCTAssertEqual(row?.wanted, "1.2.0")
        XCTAssertEqual(row?.serving, ["1.0.0"])
        XCTAssertEqual(row?.ready, 2)
        // Whichever comes first: our deadline, or the verdict of Docker's health check.
        let message = row?.message ?? "no row"
        let isSaid = ["not ready after 3 s", "became unhealthy"].contains(where: message.contains)
        XCTAssertTrue(isSaid, message)

        let table = try await fleet.berth("status")
        XCTAssertEqual(table.code, 1)
        XCTAssertNotNil(
            table.output.firstMatch(of: /web +failed +1\.2\.0 +1\.0\.0 +2\/2/),
            "\(table)"
        )
        XCTAssertTrue(table.output.contains("docker logs prod-web-"), "\(table)")
        let apply = try await fleet.berth("plan")
        XCTAssertEqual(apply.code, 1)
        XCTAssertTrue(apply.output.contains("failed before"), "\(apply)")
    }

    private func checkKeptContainer(_ fleet: Fleet) async throws {
        let kept = try await fleet.world.containers().filter { $0.contains(".bad") }
        XCTAssertEqual(kept.count, 1, "\(kept)")
        guard let name = kept.first else { return }
        let logs = try await fleet.world.docker("logs", name)
        XCTAssertTrue(logs.contains("web 1.2.0 is up"), logs)
    }

    func testApplyOfAFailingVersionDoesNotExitWithZero() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.2.0", isHealthy: false))
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1, startTimeout: "3s"))
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            try fleet.commit(
                "Promote",
                ServiceText(version: "1.2.0", replicas: 1, startTimeout: "3s")
            )
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 1, "\(second)")
            let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
        }
    }

    func testBrokenManifestChangesNothing() async throws {
        try await withWeb { fleet in
            let second = "environments/second.yaml"
            let entry = { (version: String) in
                "registry: localhost:5000\nservices:\n"
                    + ServiceText(version: version, port: 18081, replicas: 1).entry
            }
            try fleet.repository.commit("Add a second environment", [second: entry("1.0.0")])
            try await withController(fleet, more: ["--environment", "second"]) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await eventually("the second environment answers") {
                    try await fleet.world.get("http://127.0.0.1:18081/version") == "web 1.0.0"
                }
                try await controller.says("deployed 1.0.0", times: 2)
                let filter = "label=berth.environment=prod"
                let before = try await fleet.world.docker(
                    "ps",
                    "-aq",
                    "--no-trunc",
                    "--filter",
                    filter
                )
                let rules = try await fleet.world.rules()

                let broken = "registry: localhost:5000\nservices:\n  web:\n    versio: \"1.1.0\"\n"
                try fleet.repository.commit(
                    "Break one environment",
                    ["environments/prod.yaml": broken]
                )
                try await controller.says("environments/prod.yaml:4:5")
                let status = try await fleet.berth("status")
                XCTAssertEqual(status.code, 1, "\(status)")
                XCTAssertTrue(status.output.contains("environments/prod.yaml:4:5"), "\(status)")
                let report = try await fleet.report([StatusReport].self, "status")
                XCTAssertTrue(
                    report.first?.problems.first?.contains("environments/prod.yaml:4:5") == true
                )
                let same = try await fleet.world.rules()
                XCTAssertEqual(rules, same)

                try fleet.repository.commit("Promote the other", [second: entry("1.1.0")])
                try await eventually("the second environment goes on") {
                    try await fleet.world.get("http://127.0.0.1:18081/version") == "web 1.1.0"
                }
                let after = try await fleet.world.docker(
                    "ps",
                    "-aq",
                    "--no-trunc",
                    "--filter",
                    filter
                )
                XCTAssertEqual(before, after)
                let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
                XCTAssertEqual(answer, "web 1.0.0")
            }
        }
    }
}
