import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// Networks whose definition changes under running containers.
final class NetworkChangeTests: EndToEndTestCase {
    private static let mtu = "driver_opts: { com.docker.network.driver.mtu: \"1400\" }"

    /// Callers on either network reach the service all the time, whichever of both moves first.
    func testContainersMoveWithoutLosingARequest() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            try await world.push(TestImage(name: "caller", version: "1"))
            func describe(_ message: String, back: String, front: String = "") throws {
                // The new caller takes long to be ready, so the old one is there all the time.
                let caller = Self.service(
                    "caller",
                    on: ["back"],
                    settings: "      readiness_delay: 15s\n"
                )
                try fleet.commit(
                    message,
                    Self.service("web", on: ["back", "front"]),
                    caller,
                    top: "networks: { back: { \(back) }, front: { \(front) } }\n"
                )
            }
            try describe("Describe the fleet", back: "")
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            let six = "enable_ipv6: true"
            let rounds = [
                (six, "prod_back", "prod_back.2"),
                ("\(six), internal: true", "prod_back.2", "prod_back"),
                ("\(six), \(Self.mtu)", "prod_back", "prod_back.2"),
            ]
            for (definition, old, new) in rounds {
                try await move(fleet, from: old, to: new) {
                    try describe("Change \(old)", back: definition)
                }
            }
            try await withController(fleet) { _ in
                try await underLoad(fleet) {
                    try describe("Change the front", back: rounds[2].0, front: six)
                    try await settled(fleet, on: "web 1.0.0")
                }
            }
            let networks = try await self.networks(world)
            XCTAssertEqual(networks, ["prod_back.2", "prod_front.2"])
            let containers = try await world.containers()
            XCTAssertEqual(containers, ["prod-caller-1", "prod-web-1", "prod-web-2"])
            let drift = try await fleet.drift()
            XCTAssertEqual(drift.map(\.field), [])
        }
    }

    /// Counts what callers lose on the network that is left, and on the one that comes.
    private func move(
        _ fleet: Fleet,
        from old: String,
        to new: String,
        _ change: () throws -> Void
    ) async throws {
        let world = fleet.world
        let caller = try await fleet.inspect("prod-caller-1", "{{.Id}}")
        let web = try await world.docker("ps", "--quiet", "--filter", "name=prod-web")
        let before = try await target("before", in: "prod-caller-1", fleet)
        let address = try XCTUnwrap(self.address(of: before))
        var held = before
        (held.name, held.host) = ("held address", .address(address))
        let reports = try await underLoad([before, held], pause: .milliseconds(2)) {
            try change()
            var candidate = ""
            try await withController(fleet) { _ in
                try await eventually("the new caller runs", within: .seconds(30)) {
                    candidate = try await self.candidate(on: new, in: world)
                    return candidate != ""
                }
            }
            let after = try await target("after", in: candidate, fleet)
            // Another process goes on from what is there.
            let reports = try await underLoad([after], pause: .milliseconds(2)) {
                try await withController(fleet) { _ in
                    try await eventually("web has moved", within: .seconds(30)) {
                        let now = try await world.docker(
                            "ps",
                            "--quiet",
                            "--filter",
                            "name=prod-web"
                        )
                        let ids = Set(now.split(separator: "\n"))
                        return ids.count == 2 && ids.isDisjoint(with: web.split(separator: "\n"))
                    }
                }
            }
            print("\(new): \(reports.mapValues(\.succeeded))")
        }
        print("\(old): \(reports.mapValues(\.succeeded))")
        // Nothing was counted if it had gone before.
        let running = try await fleet.inspect("prod-caller-1", "{{.Id}} {{.State.Running}}")
        XCTAssertEqual(running, "\(caller) true")
        let drift = try await fleet.drift()
        XCTAssertTrue(drift.contains { $0.subject == "network \(old)" }, "\(drift)")
        try await withController(fleet) { _ in try await settled(fleet, on: "web 1.0.0") }
        let networks = try await self.networks(world)
        XCTAssertTrue(networks.contains(new), "\(networks)")
        XCTAssertFalse(networks.contains(old), "\(networks)")
    }

    /// The new caller, once it runs.
    private func candidate(on network: String, in world: World) async throws -> String {
        let names = try await world.docker(
            "ps",
            "--format",
            "{{.Names}}",
            "--filter",
            "network=\(network)"
        )
        return names.split(separator: "\n").map(String.init)
            .first { $0.hasPrefix("prod-caller-1.g") } ?? ""
    }

    private func target(_ name: String, in container: String, _ fleet: Fleet) async throws -> Target
    {
        let hosts = try await fleet.inspect(
            container,
            "{{range .Mounts}}{{if eq .Destination \"/etc/hosts\"}}{{.Source}}{{end}}{{end}}"
        )
        let process = try await fleet.world.processID(of: container)
        return Target(
            name,
            from: NetworkNamespace(path: "/proc/\(process)/ns/net"),
            to: .name("web", hostsFile: hosts),
            port: 8080,
            path: "/version"
        )
    }

    private func address(of target: Target) throws -> IPv4Address? {
        guard case .name(let name, let file) = target.host else { return nil }
        let line = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            .first { $0.split(separator: "\t").dropFirst().first.map(String.init) == name }
        return line.flatMap { $0.split(separator: "\t").first }.flatMap { IPv4Address($0) }
    }

    /// A container that stopped for its successor finds its network when that one fails.
    func testAFailedUpdateGoesBackToTheFormerNetwork() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            try await world.push(TestImage(name: "web", version: "1.1.0", isHealthy: false))
            var web = Self.service("web", on: ["back"])
            (web.order, web.replicas, web.startTimeout) = ("stop-first", 1, "3s")
            try fleet.commit("Describe the fleet", web)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let id = try await fleet.inspect("prod-web-1", "{{.Id}}")
            web.version = "1.1.0"
            let top = "networks: { back: { attachable: true } }\n"
            try fleet.commit("Promote, and change the network", web, top: top)
            let failed = try await fleet.berth("apply")
            XCTAssertEqual(failed.code, 1, "\(failed)")
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
            let kept = try await fleet.inspect("prod-web-1", "{{.Id}}")
            XCTAssertEqual(kept, id)
            web.version = "1.0.0"
            try fleet.commit("Take the version back", web, top: top)
            let last = try await fleet.berth("apply")
            XCTAssertEqual(last.code, 0, "\(last)")
            let networks = try await self.networks(world)
            XCTAssertEqual(networks, ["prod_back.2"])
        }
    }

    // MARK: Where there can only be one

    /// Two networks cannot have one subnet: nothing happens, and either way out of it works.
    func testASubnetThatIsTakenIsRefusedUntilTheAdviceIsFollowed() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            try await world.push(TestImage(name: "caller", version: "1"))
            func describe(_ message: String, _ definition: String, without: Bool = false) throws {
                let web = Self.service("web", on: ["fixed"])
                let top = "networks: { fixed: { \(definition) } }\n"
                if without {
                    try fleet.commit(message, .caller)
                } else {
                    try fleet.commit(message, web, .caller, top: top)
                }
            }
            func subnet(_ text: String) -> String { "ipam: { config: [{ subnet: \(text) }] }" }
            let (first, second) = (subnet("10.77.0.0/24"), subnet("10.78.0.0/24"))
            let six = "enable_ipv6: true"
            try describe("Describe the fleet", first)
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                let id = try await fleet.inspect("prod-web-1", "{{.Id}}")
                try describe("Ask for IPv6", "\(first), \(six)")
                try await expectRefusal(
                    fleet,
                    "networks.fixed.enable_ipv6",
                    "give the new one another subnet"
                )
                let kept = try await fleet.inspect("prod-web-1", "{{.Id}}")
                XCTAssertEqual(kept, id)

                try describe("Take the service out", first, without: true)
                try await eventually("web is gone") {
                    try await world.containers() == ["prod-caller-1"]
                }
                try describe("Put it back", "\(first), \(six)")
                try await settled(fleet, on: "web 1.0.0")
                let ipv6 = try await world.docker(
                    "network",
                    "inspect",
                    "--format",
                    "{{.EnableIPv6}}",
                    "prod_fixed"
                )
                XCTAssertEqual(ipv6.split(separator: "\n"), ["true"])

                try describe("Ask for less", "\(first), \(six), \(Self.mtu)")
                try await expectRefusal(
                    fleet,
                    "networks.fixed.driver_opts.com.docker.network.driver.mtu",
                    "give the new one another subnet"
                )
                try await underLoad(fleet) {
                    try describe("Choose another subnet", "\(second), \(six), \(Self.mtu)")
                    try await settled(fleet, on: "web 1.0.0")
                }
                let networks = try await self.networks(world)
                XCTAssertEqual(networks, ["prod_default", "prod_fixed.2"])
            }
        }
    }

    /// A network that a container of others uses is theirs, too.
    func testANetworkThatOthersUseIsKept() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            func describe(_ message: String, _ definition: String) throws {
                let top = "networks: { back: { \(definition) } }\n"
                try fleet.commit(message, Self.service("web", on: ["back"]), top: top)
            }
            try describe("Describe the fleet", "")
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await world.docker(
                    "create",
                    "--name",
                    "stranger",
                    "--network",
                    "prod_back",
                    "localhost:5000/web:1.0.0",
                    "/app/serve"
                )
                try describe("Change it", "attachable: true")
                try await expectRefusal(
                    fleet,
                    "networks.back.attachable",
                    "because the container stranger uses it"
                )
                try await world.docker("rm", "stranger")
                try await underLoad(fleet) { try await settled(fleet, on: "web 1.0.0") }
                let networks = try await self.networks(world)
                XCTAssertEqual(networks, ["prod_back.2"])
            }
        }
    }

    private func expectRefusal(_ fleet: Fleet, _ field: String, _ advice: String) async throws {
        var plan: Ended?
        try await eventually("the plan says why") {
            let ended = try await fleet.berth("plan")
            plan = ended
            return ended.output.contains(field) && ended.output.contains(advice)
        }
        XCTAssertEqual(plan?.code, 1, "\(plan as Any)")
        let drift = try await fleet.drift()
        XCTAssertTrue(drift.contains { $0.field == field }, "\(drift)")
        let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
        XCTAssertEqual(answer, "web 1.0.0")
    }

    private func networks(_ world: World) async throws -> [String] {
        let list = try await world.docker(
            "network",
            "ls",
            "--format",
            "{{.Name}}",
            "--filter",
            "label=berth.environment=prod"
        )
        return list.split(separator: "\n").map(String.init).sorted()
    }

    private static func service(
        _ name: String,
        on networks: [String],
        settings: String = ""
    ) -> ServiceText {
        var service = name == "web" ? ServiceText() : .caller
        service.startTimeout = "40s"
        service.monitor = "200ms"
        service.drainTimeout = "1s"
        let list = networks.joined(separator: ", ")
        let keys = networks.map { "\($0): {}" }.joined(separator: ", ")
        service.settings = settings + "    networks: [\(list)]\nnetworks: { \(keys) }"
        return service
    }
}
