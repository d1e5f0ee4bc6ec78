import Foundation
import TestSupport
import XCTest

/// Somebody else's hands on the rules, and an nft that does not do its work.
final class TableFaultTests: EndToEndTestCase {
    /// What runs serves on without nft; once it works, what was committed meanwhile happens.
    func testNftFailsAndHangs() async throws {
        let nft = try StandIn("nft")
        try await withFleet { fleet in
            for version in ["1.0.0", "1.1.0", "1.2.0"] {
                try await fleet.world.push(TestImage(name: "web", version: version))
            }
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try await withController(fleet, environment: ["PATH": nft.path]) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try nft.become("echo 'Error: the kernel is out of memory' >&2; exit 1")
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await controller.says("the kernel is out of memory")
                    try nft.comeBack()
                    try await settled(fleet, on: "web 1.1.0")

                    try nft.become("exec sleep 1000")
                    try fleet.commit("Promote", ServiceText(version: "1.2.0", replicas: 1))
                    try await controller.says("nft did not end within")
                    try nft.comeBack()
                    try await settled(fleet, on: "web 1.2.0")
                }
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// Every part of the table that somebody could change by hand is put right at once.
    func testTampering() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let before = try await table(fleet)
                let chain = try XCTUnwrap(
                    before.firstMatch(of: /18080 : goto ([^\s,]+)/).map { String($0.1) }
                )
                let acts = [
                    "flush chain ip berth \(chain)",
                    "insert rule ip berth \(chain) meta l4proto tcp dnat to 198.18.78.2:1",
                    "add rule ip berth \(chain) drop",
                    "delete element ip berth ports { tcp . 18080 }",
                    "flush map ip berth addresses",
                    "flush chain ip berth guard",
                    "flush chain ip berth prerouting",
                    "delete table ip berth",
                ]
                try await underLoad(fleet, outagesWithin: .seconds(4)) {
                    for act in acts {
                        let ended = try await fleet.world.run(["nft", act])
                        XCTAssertEqual(ended.code, 0, "\(act): \(ended)")
                        try await eventually("\(act) is put right", within: .seconds(10)) {
                            try await table(fleet) == before
                        }
                    }
                    try await settled(fleet, on: "web 1.0.0")
                }
                // The containers had nothing to do with it.
                XCTAssertEqual(controller.candidates, ["1.g1", "2.g1"])
                try await fleet.assertLeft("prod-web-1", "prod-web-2")
            }
        }
    }

    /// The table without what is of the moment: handles, since when a container serves, and the
    /// order in which chains were made.
    private func table(_ fleet: Fleet) async throws -> String {
        let text = try await fleet.world.run(["nft", "--stateless", "list", "table", "ip", "berth"])
        return text.output.replacing(/@\d+/, with: "").split(separator: "\n").sorted()
            .joined(separator: "\n")
    }

    /// Another table wants the port at Docker's priority: ours is first, and that one stays.
    func testForeignTableOnTheSamePort() async throws {
        let rules = """
            table ip foreign {
                chain prerouting { type nat hook prerouting priority -100;
                    tcp dport 18080 dnat to 198.18.78.2:1; }
                chain output { type nat hook output priority -100;
                    tcp dport 18080 dnat to 198.18.78.2:1; }
            }
            """
        try await withWeb { fleet in
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    let ended = try await fleet.world.run(["nft", "-f", "-"], input: rules)
                    XCTAssertEqual(ended.code, 0, "\(ended)")
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                }
                try await fleet.assertLeft("prod-web-1")
            }
            let theirs = try await fleet.world.run(["nft", "list", "table", "ip", "foreign"])
            XCTAssertEqual(theirs.output.matches(of: /dnat to 198.18.78.2:1/).count, 2)
            _ = try await fleet.world.run(["nft", "delete", "table", "ip", "foreign"])
        }
    }
}

/// A folder for the front of `PATH` with one program, which is the real one or a script.
private final class StandIn: Sendable {
    /// What `PATH` is to be.
    let path: String
    private let folder: TemporaryDirectory
    private let name: String

    init(_ name: String) throws {
        self.name = name
        folder = try TemporaryDirectory("berth-stand-in")
        path = "\(folder.path):\(TestEngine.chosen.searchPath)"
        try comeBack()
    }

    func comeBack() throws {
        try become("PATH=\(TestEngine.chosen.searchPath) exec \(name) \"$@\"")
    }

    /// Replaces it in one act: whoever starts it finds either the one or the other.
    func become(_ script: String) throws {
        let new = try folder.write("\(name).new", "#!/bin/sh\n\(script)\n", mode: 0o755)
        guard rename(new, folder.file(name)) == 0 else { throw Missing("\(name) stays") }
    }
}
