import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// The move from services' former addresses, one range for all networks, to those in each network.
final class FormerAddressTests: EndToEndTestCase {
    private let former = IPv4Address("198.19.7.7") ?? .loopback

    /// A caller that holds the former address is served there until it is replaced.
    func testTheMoveLosesNoConnection() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version, server: .sample))
            }
            try await world.push(TestImage(name: "caller", version: "1"))
            var web = ServiceText(replicas: 1, monitor: "200ms", drainTimeout: "1s")
            try fleet.commit("Describe the fleet", web, .caller)
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            let hosts = fleet.state.file("environments/prod/hosts/caller")
            let caller = try await makeFormer(fleet, hosts: hosts)
            let old = Target("former", from: caller, to: former, port: 8080, path: "/version")
            let name = Target.Host.name("web", hostsFile: hosts)
            let named = Target("by name", from: caller, to: name, port: 8080, path: "/version")
            let host = Target(
                "host's port",
                from: world.docker.namespace,
                to: .loopback,
                port: 18080,
                path: "/version"
            )
            _ = try await underLoad([old, named, host], pause: .milliseconds(2)) {
                try await withController(fleet) { controller in
                    try await eventually("the caller finds web in its network") {
                        let text = try String(contentsOfFile: hosts, encoding: .utf8)
                        return text.contains("\tweb\t# prod_default\n")
                    }
                    try await settled(fleet, on: "web 1.0.0")
                    web.version = "1.1.0"
                    try fleet.commit("Promote", web, .caller)
                    try await settled(fleet, on: "web 1.1.0")
                }
                // Another process knows the former address by the table alone.
                try await withController(fleet) { controller in
                    try await settled(fleet, on: "web 1.1.0")
                }
            }
            let during = try await elements(world)
            XCTAssertTrue(during.contains("198.19.7.7"), during)
            try await replaceTheCaller(fleet, web)
        }
    }

    private func replaceTheCaller(_ fleet: Fleet, _ web: ServiceText) async throws {
        var caller = ServiceText.caller
        caller.settings = "    environment: { ROUND: two }"
        try await withController(fleet) { controller in
            try fleet.commit("Replace the caller", web, caller)
            try await settled(fleet, on: "web 1.1.0")
            try await eventually("nothing leads to the former address") {
                try await !self.elements(fleet.world).contains("198.19.7.7")
            }
        }
        let filter = try await fleet.world.run(["iptables", "-S", "DOCKER-USER"]).output
        XCTAssertFalse(filter.contains("198.19."), filter)
        XCTAssertTrue(filter.contains("--comment berth"), filter)
    }

    private func elements(_ world: World) async throws -> String {
        try await world.run(["nft", "list", "map", "ip", "berth", "services"]).output
    }

    // MARK: As the first version left it

    /// Turns hosts file, table and caller into what they were; returns the caller's namespace.
    private func makeFormer(_ fleet: Fleet, hosts: String) async throws -> NetworkNamespace {
        let world = fleet.world
        let text = "127.0.0.1\tlocalhost\n198.19.7.8\tcaller\n\(former)\tweb\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: hosts))
        try await makeTableFormer(world)
        let labels = try await fleet.inspect(
            "prod-caller-1",
            "{{range $key, $value := .Config.Labels}}{{$key}}={{$value}}\n{{end}}"
        )
        let kept = labels.split(separator: "\n").filter { !$0.hasPrefix("berth.names=") }
        XCTAssertLessThan(kept.count, labels.split(separator: "\n").count)
        let file = fleet.state.file("labels")
        try Data(kept.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        let address = try await fleet.inspect(
            "prod-caller-1",
            "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        )
        try await world.docker("rm", "--force", "prod-caller-1")
        try await world.docker(
            "run",
            "--detach",
            "--name",
            "prod-caller-1",
            "--label-file",
            file,
            "--network",
            "prod_default",
            "--ip",
            address,
            "--volume",
            "\(hosts):/etc/hosts:ro",
            "localhost:5000/caller:1"
        )
        let process = try await world.processID(of: "prod-caller-1")
        return NetworkNamespace(path: "/proc/\(process)/ns/net")
    }

    /// The map of services had no bridges in its keys, and led to what is the record now.
    private func makeTableFormer(_ world: World) async throws {
        let listed = try await world.run(["nft", "--stateless", "list", "table", "ip", "berth"])
        let table = listed.output
            .replacing("iifname . ip daddr vmap @services", with: "ip daddr vmap @services")
            .replacing("type ifname . ipv4_addr : verdict", with: "type ipv4_addr : verdict")
            .replacing(/\t*ip daddr @reserved .*\n/, with: "")
            .replacing(/\tset reserved \{(?s:.*?)\n\t\}\n/, with: "")
            .replacing(/(map services \{\s+type [^\n]*\n\s+elements = \{)[^}]*\}/) {
                "\($0.output.1) \(former) : goto svc/prod/web }"
            }
        let set = try await world.run(["nft", "-f", "-"], input: "delete table ip berth\n\(table)")
        XCTAssertEqual(set.code, 0, "\(set)\n\(table)")
        let listing = try await elements(world)
        XCTAssertTrue(listing.contains("\(former) : goto svc/prod/web"), listing)
    }
}
