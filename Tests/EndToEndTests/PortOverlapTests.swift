import Foundation
import Platform
import TestSupport
import XCTest

/// Host ports that are in use at some of their addresses, and what can stand beside them.
final class PortOverlapTests: EndToEndTestCase {
    /// Every row is planned; what no row refuses is to be created.
    func testListenersOfEitherFamily() async throws {
        let every = ["18080:8080", "127.0.0.1:18080:8080", "198.18.78.1:18080:8080"]
        let six = ["[::]:18080:8080", "[2001:db8:78::1]:18080:8080"]
        let rows: [(name: String, listener: Waiting, refused: [String], free: [String])] = [
            ("both families", .init("::", isLimited: false), every + six, ["18081:8080"]),
            (
                "IPv6 alone", .init("::"), ["18080:8080"] + six,
                Array(every.dropFirst()) + ["0.0.0.0:18080:8080"]
            ),
            ("all of IPv4", .init("0.0.0.0"), every, six),
            (
                "one address", .init("198.18.78.1"), [every[0], every[2], "0.0.0.0:18080:8080"],
                [every[1]] + six
            ),
            ("one of IPv6", .init("2001:db8:78::1"), [every[0]] + six, Array(every.dropFirst())),
            ("datagrams", .init("::", isLimited: false, kind: "udp"), [], every + six),
            ("loopback of IPv6", .init("::1"), [], every + six),
        ]
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            for row in rows {
                let listener = try await row.listener.start(in: fleet.world, port: 18080)
                defer { listener.end(SIGKILL) }
                for port in row.refused {
                    let plan = try await plan(fleet, port)
                    let words = "\(row.name), \(port): \(plan)"
                    XCTAssertTrue(plan.output.contains("perl (process "), words)
                    XCTAssertTrue(plan.output.contains("listens at \(row.listener.address)"), words)
                }
                for port in row.free {
                    let plan = try await plan(fleet, port)
                    XCTAssertFalse(plan.output.contains("blocked"), "\(row.name), \(port): \(plan)")
                    XCTAssertTrue(plan.output.contains("create"), "\(row.name), \(port): \(plan)")
                }
            }
        }
    }

    func testContainersAtOneAddress() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.docker(
                "run",
                "-d",
                "--name",
                "elder",
                "-p",
                "198.18.78.1:18080:8080",
                "localhost:5000/web:1.0.0"
            )
            for port in ["18080:8080", "198.18.78.1:18080:8080", "0.0.0.0:18080:8080"] {
                let plan = try await plan(fleet, port)
                XCTAssertTrue(
                    plan.output.contains("the container elder publishes it at 198.18.78.1"),
                    "\(port): \(plan)"
                )
            }
            for port in ["127.0.0.1:18080:8080", "18081:8080", "[::]:18080:8080", "18080:8080/udp"]
            {
                let plan = try await plan(fleet, port)
                XCTAssertFalse(plan.output.contains("blocked"), "\(port): \(plan)")
            }
        }
    }

    func testOverlapsWithAnotherEnvironment() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.push(TestImage(name: "api", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let staging = try Fleet(world, environment: "staging")
            for port in ["18080:8080", "198.18.78.1:18080:8080", "127.0.0.1:18080:8080"] {
                let plan = try await plan(staging, port, name: "api")
                XCTAssertTrue(
                    plan.output.contains("prod/web publishes it at 0.0.0.0"),
                    "\(port): \(plan)"
                )
                let apply = try await staging.berth("apply")
                XCTAssertEqual(apply.code, 1, "\(port): \(apply)")
                let url = "http://\(World.hostAddress):18080/version"
                let caller = ["nsenter", "--net=\(world.client.path)", "curl", "-sf", url]
                let answer = try await world.runOutside(caller)
                XCTAssertEqual(answer.output, "web 1.0.0\n", port)
            }
            for port in ["18081:8080", "[::]:18080:8080", "18080:8080/udp"] {
                let plan = try await plan(staging, port, name: "api")
                XCTAssertFalse(plan.output.contains("blocked"), "\(port): \(plan)")
            }
        }
    }

    func testAnAddressOfAnotherHostIsPublishedOnceItIsOurs() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.push(TestImage(name: "api", version: "1.0.0"))
            let refusal = "which is not an address of this host"
            for address in ["203.0.113.9", "[2001:db8:99::9]"] {
                for port in [":18080:8080", "::8080", "::8080/udp", ":0:8080"] {
                    let plan = try await plan(fleet, address + port)
                    XCTAssertTrue(plan.output.contains(refusal), "\(address)\(port): \(plan)")
                }
            }
            for address in ["127.9.9.9", "[2001:db8:78::1]", World.hostAddress] {
                for port in [":18080:8080", "::8080"] {
                    let plan = try await plan(fleet, address + port)
                    XCTAssertFalse(plan.output.contains("blocked"), "\(address)\(port): \(plan)")
                }
            }
            for port in ["8080", "0.0.0.0::8080", "[::]::8080"] {
                let plan = try await plan(fleet, port)
                XCTAssertFalse(plan.output.contains("blocked"), "\(port): \(plan)")
            }
            let chosen = ServiceText(
                port: nil,
                replicas: 1,
                more: "    ports: [{ target: 8080, host_ip: 203.0.113.9 }]\n"
            )
            try fleet.commit("Let Docker choose a port", chosen)
            let refused = try await fleet.berth("apply")
            XCTAssertEqual(refused.code, 1, "\(refused)")
            XCTAssertTrue(
                refused.output.contains("host port of Docker's choice for 8080/tcp cannot be"),
                "\(refused)"
            )
            XCTAssertTrue(refused.output.contains(refusal), "\(refused)")
            let containers = try await world.containers()
            XCTAssertEqual(containers, [])
            let web = Self.web("203.0.113.9:18080:8080", "18082:8080")
            let api = ServiceText(name: "api", image: "api", port: 18081, replicas: 1)
            try fleet.commit("Want an address that may come", web, api)
            let check = try await fleet.berth("check")
            XCTAssertTrue(check.output.contains(refusal), "\(check)")
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 1, "\(apply)")
            XCTAssertTrue(apply.output.contains(refusal), "\(apply)")
            let answer = try await world.get("http://127.0.0.1:18081/version")
            XCTAssertEqual(answer, "api 1.0.0")
            try await withController(fleet) { controller in
                try await controller.says(refusal)
                let status = try await fleet.status()
                XCTAssertEqual(status?.state, "failed")
                let add = ["ip", "address", "add", "203.0.113.9/32", "dev", "lo"]
                let added = try await world.run(add)
                XCTAssertEqual(added.code, 0, "\(added)")
                try await eventually("the address answers", within: .seconds(40)) {
                    try await world.get("http://203.0.113.9:18080/version") == "web 1.0.0"
                }
                try await settled(fleet)
                // It goes elsewhere, and the rules are lost: the other port is served as before.
                let remove = ["ip", "address", "del", "203.0.113.9/32", "dev", "lo"]
                _ = try await world.run(remove)
                try await controller.says(refusal, times: 2)
                _ = try await world.run(["nft", "delete", "table", "ip", "berth"])
                try await eventually("the other port answers", within: .seconds(40)) {
                    try await world.get("http://127.0.0.1:18082/version") == "web 1.0.0"
                }
            }
        }
    }

    /// The bridges' own addresses are the host's; those of services are too, and serve no port.
    func testAddressesInNetworksOfContainers() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.push(TestImage(name: "api", version: "1.0.0"))
            let api = ServiceText(name: "api", image: "api", port: nil, replicas: 1)
            try fleet.commit("Have neighbours", api)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let rows = try await world.run(["ip", "-4", "-o", "address", "show", "dev", "br-prod"])
            let addresses = rows.output.matches(of: /inet ([0-9.]+)\/([0-9]+)/)
            let own = try XCTUnwrap(addresses.first { $0.2 == "32" }?.1)
            let gateway = try XCTUnwrap(addresses.first { $0.2 != "32" }?.1)
            for port in ["\(own):18080:8080", "\(own)::8080", "\(own):18080:8080/udp"] {
                let web = ServiceText(port: nil, replicas: 1, more: "    ports: [\"\(port)\"]\n")
                try fleet.commit("Publish \(port)", api, web)
                let plan = try await fleet.berth("plan")
                XCTAssertTrue(
                    plan.output.contains("at \(own), which is the address of prod/api for its"),
                    "\(port): \(plan)"
                )
            }
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 1, "\(apply)")
            let served = ["\(gateway):18080:8080", "172.17.0.1:18080:8080"]
            let web = ServiceText(
                port: nil,
                replicas: 1,
                more: "    ports: [\"\(served.joined(separator: "\", \""))\"]\n"
            )
            try fleet.commit("Publish at bridges", api, web)
            let last = try await fleet.berth("apply")
            XCTAssertEqual(last.code, 0, "\(last)")
            for address in [gateway, "172.17.0.1"] {
                let answer = try await world.get("http://\(address):18080/version")
                XCTAssertEqual(answer, "web 1.0.0", String(address))
            }
        }
    }

    /// Rules before ours take a port even from the service that has it; that is said, and no more.
    func testRulesBeforeOursAreNamed() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", Self.web("18080:8080"))
            let rows:
                [(family: String, priority: String, port: Int, whenFree: Bool, whenHad: Bool)] = [
                    ("inet", "-150", 18080, true, true), ("ip6", "-150", 18080, true, true),
                    ("ip", "dstnat", 18080, true, false), ("inet", "-150", 18081, false, false),
                ]
            for isHad in [false, true] {
                if isHad {
                    let apply = try await fleet.berth("apply")
                    XCTAssertEqual(apply.code, 0, "\(apply)")
                }
                for row in rows {
                    let chain = "type nat hook prerouting priority \(row.priority)"
                    let rules =
                        "table \(row.family) theirs { "
                        + "chain below { meta l4proto tcp redirect to :1; }; "
                        + "chain in { \(chain); tcp dport \(row.port) jump below; }; }"
                    let added = try await world.run(["nft", "-f", "-"], input: rules)
                    XCTAssertEqual(added.code, 0, "\(added)")
                    let plan = try await fleet.berth("plan")
                    _ = try await world.run(["nft", "delete", "table", row.family, "theirs"])
                    XCTAssertEqual(
                        plan.output.contains("a rule in \(row.family) theirs below"),
                        isHad ? row.whenHad : row.whenFree,
                        "\(row): \(plan)"
                    )
                }
            }
            let last = try await fleet.berth("plan")
            XCTAssertEqual(last.code, 0, "\(last)")
        }
    }

    func testPortsOfIPv6AreHeldToo() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", Self.web("18080:8080"))
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                for waiting in [Waiting("::"), Waiting("0.0.0.0"), Waiting(World.hostAddress6)] {
                    let late = try await world.run(waiting.command(port: 18080))
                    XCTAssertNotEqual(late.code, 0, waiting.address)
                    XCTAssertTrue(late.errors.contains("ddress already in use"), "\(late)")
                }
            }
        }
    }

    /// A controller's place is root's to take, whatever other users bind or lock.
    func testNoOtherUserKeepsTheControllerOut() async throws {
        try await withWeb { fleet in
            let world = fleet.world
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let script = """
                use Socket; use Fcntl qw(:flock);
                socket(S, AF_UNIX, SOCK_STREAM, 0);
                bind(S, pack_sockaddr_un("\\0berth/prod")) && listen(S, 8) or die "bind: $!";
                for (glob("/run/berth/* /run/berth/.* \(fleet.state.path)/lock")) {
                    push @held, $f if open(my $f, "<", $_) && flock($f, LOCK_EX | LOCK_NB);
                }
                $| = 1; print "holds @held\\n"; sleep 600;
                """
            let squatter = try ChildProcess(
                "/usr/bin/nsenter",
                [
                    "--net=\(world.docker.namespace.path)", "setpriv", "--reuid", "65534",
                    "--regid", "65534", "--clear-groups", "perl", "-e", script,
                ]
            )
            defer { squatter.end(SIGKILL) }
            try await eventually("the socket is bound") {
                try await world.run(["ss", "-Hxl"]).output.contains("@berth/prod")
            }
            let again = try await fleet.berth("apply")
            XCTAssertEqual(again.code, 0, "\(again)")
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                // It is a lock, all the same.
                let rival = try Fleet(world)
                try rival.commit("Describe the fleet", ServiceText(replicas: 1))
                let refused = try await rival.berth("apply")
                XCTAssertEqual(refused.code, 2, "\(refused)")
                XCTAssertTrue("\(refused)".contains("keeps prod already"), "\(refused)")
            }
        }
    }

    private static func web(_ ports: String..., name: String = "web") -> ServiceText {
        ServiceText(
            name: name,
            image: name,
            port: nil,
            replicas: 1,
            more: "    ports: [\"\(ports.joined(separator: "\", \""))\"]\n",
            settings: "networks:\n  default: { enable_ipv6: true }"
        )
    }

    private func plan(_ fleet: Fleet, _ port: String, name: String = "web") async throws -> Ended {
        try fleet.commit("Publish \(port)", Self.web(port, name: name))
        return try await fleet.berth("plan")
    }
}

/// A process that waits at one address of either family.
private struct Waiting {
    let address: String
    let isLimited: Bool
    let kind: String

    init(_ address: String, isLimited: Bool = true, kind: String = "tcp") {
        self.address = address
        self.isLimited = isLimited
        self.kind = kind
    }

    func command(port: Int) -> [String] {
        let more = kind == "tcp" ? "Listen => 1" : "Proto => 'udp', Type => SOCK_DGRAM"
        let limit = address.contains(":") ? ", V6Only => \(isLimited ? 1 : 0)" : ""
        let script = """
            use Socket; use IO::Socket::IP;
            $s = IO::Socket::IP->new(LocalHost => '\(address)', LocalPort => \(port), \(more)\(limit))
                or die $@; sleep 600;
            """
        return ["perl", "-e", script]
    }

    /// Starts it and waits until it waits.
    func start(in world: World, port: Int) async throws -> ChildProcess {
        let child = try ChildProcess(
            "/usr/bin/nsenter",
            ["--net=\(world.docker.namespace.path)"] + command(port: port)
        )
        try await eventually("a process waits at \(address)") {
            let list = ["ss", "-Hln", kind == "tcp" ? "-t" : "-u", "sport = :\(port)"]
            return try await !world.run(list).output.isEmpty
        }
        return child
    }
}
