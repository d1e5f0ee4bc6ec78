import Foundation
import TestSupport
import XCTest

/// Volumes, networks and containers of others are not used and not touched.
final class OwnershipTests: EndToEndTestCase {
    private func web(_ settings: String, name: String = "web", port: Int? = nil) -> ServiceText {
        ServiceText(
            name: name,
            image: "web",
            port: port,
            replicas: 1,
            order: "stop-first",
            monitor: "500ms",
            settings: settings
        )
    }

    private func mounting(_ volume: String) -> ServiceText {
        web("    volumes: [\"data:/data\"]\nvolumes:\n  data: \(volume)")
    }

    private func joining(_ network: String) -> ServiceText {
        web("    networks: [lan]\nnetworks:\n  lan: \(network)")
    }

    /// One service is refused with these words, and the other one runs.
    private func refused(
        _ fleet: Fleet,
        _ service: ServiceText,
        _ words: String,
        top: String = "",
        line: UInt = #line
    ) async throws {
        let other = web("", name: "other", port: 18080)
        try fleet.commit("Try \(words)", service, other, top: top)
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(plan)", line: line)
        XCTAssertTrue(plan.output.contains(words), "\(words): \(plan)", line: line)
        let check = try await fleet.berth("check")
        XCTAssertTrue("\(check)".contains(words), "\(words): \(check)", line: line)
        let applied = try await fleet.berth("apply", "--timeout", "20s")
        XCTAssertNotEqual(applied.code, 0, "\(applied)", line: line)
        XCTAssertTrue("\(applied)".contains(words), "\(words): \(applied)", line: line)
        let containers = try await fleet.world.containers()
        XCTAssertEqual(containers, ["prod-other-1"], line: line)
    }

    private func works(
        _ fleet: Fleet,
        _ service: ServiceText,
        top: String = "",
        line: UInt = #line
    ) async throws {
        try fleet.commit("Use it", service, top: top)
        let applied = try await fleet.berth("apply")
        XCTAssertEqual(applied.code, 0, "\(applied)", line: line)
        try fleet.commit("Leave it", web("", name: "other", port: 18080))
        let left = try await fleet.berth("apply")
        XCTAssertEqual(left.code, 0, "\(left)", line: line)
    }

    func testVolumesOfOthers() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let label = "--label=berth.environment"
            try await world.docker("volume", "create", "\(label)=staging", "staging_data")
            try await world.docker("volume", "create", "theirs")
            let project = "--label=com.docker.compose.project=shop"
            try await world.docker("volume", "create", project, "shop_data")
            let folder = try TemporaryDirectory("berth-old")
            let options = ["type=none", "o=bind", "device=\(folder.path)"].flatMap { ["-o", $0] }
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let words = ["docker", "volume", "create", "\(label)=prod"] + options + ["prod_data"]
            let created = try await world.run(words, environment: address)
            XCTAssertEqual(created.code, 0, "\(created)")

            let staging = "belongs to the environment staging"
            try await refused(fleet, mounting("{ name: staging_data }"), staging)
            try await refused(fleet, mounting("{ name: theirs }"), "was not created by Berth")
            let shop = "belongs to the Compose project shop"
            try await refused(fleet, mounting("{ name: shop_data }"), shop)
            let old = "volumes.data.driver_opts.device is \(folder.path) instead of not set"
            try await refused(fleet, mounting("{}"), old)
            let rows = try await fleet.drift().filter { $0.field.hasPrefix("volumes.data.") }
            XCTAssertEqual(
                rows.map(\.field),
                ["device", "o", "type"].map { "volumes.data.driver_opts.\($0)" }
            )
            XCTAssertEqual(rows.first?.actual, folder.path)

            try await works(fleet, mounting("{ name: own }"))
            let volumes = try await world.docker("volume", "ls", "-q").split(separator: "\n")
            for name in ["own", "prod_data", "theirs", "staging_data", "shop_data"] {
                XCTAssertTrue(volumes.contains(Substring(name)), "\(name) is gone: \(volumes)")
            }
            for name in ["theirs", "shop_data"] { try await world.docker("volume", "rm", name) }
        }
    }

    func testPortsOnAnInternalNetworkOfOthers() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.docker("network", "create", "--internal", "inside")
            let service = { (networks: String) in
                self.web(
                    "    networks: \(networks)\nnetworks:\n  lan: { external: true, name: inside }",
                    port: 18081
                )
            }
            let words = "no port is published on internal networks, and web joins only inside"
            let top = "policy: { external_networks: [inside] }\n"
            try await refused(fleet, service("[lan]"), words, top: top)
            try await works(fleet, service("[lan, default]"), top: top)
            try await world.docker("network", "rm", "inside")
        }
    }

    func testNetworksOfOthersAndOfTheHost() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let bridge = "com.docker.network.bridge.name"
            let script = """
                set -e
                ip link add lan0 type bridge
                ip link add port0 type veth peer name far0
                ip link set port0 master lan0
                ip address add 10.61.0.1/24 dev lan0
                ip link set lan0 up
                docker network create --label berth.environment=staging staging_lan
                docker network create theirs
                docker network create -o \(bridge)=lan0 --subnet 10.61.0.0/24 --gateway 10.61.0.1 lan
                docker network create -o \(bridge)=br-named --subnet 10.62.0.0/24 named
                docker network create --subnet 10.65.0.0/24 plain
                id=$(docker network inspect --format '{{.Id}}' plain | cut -c 1-12)
                ip link add port1 type veth peer name far1
                ip link set port1 master br-$id
                docker network create -d macvlan -o parent=port0 --subnet 10.63.0.0/24 direct
                """
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let ended = try await world.run(["sh", "-c", script], environment: address)
            XCTAssertEqual(ended.code, 0, "\(ended)")

            let external = "external_networks: [lan, direct, named, plain]"
            let staging = "belongs to the environment staging"
            try await refused(fleet, joining("{ name: staging_lan }"), staging)
            try await refused(fleet, joining("{ name: theirs }"), "was not created by Berth")
            let lan = "joins the host's own links by lan0, which has the host's port0"
            let only = "policy: { \(external) }\n"
            try await refused(fleet, joining("{ name: lan, external: true }"), lan, top: only)
            let plain = ", which has the host's port1"
            try await refused(fleet, joining("{ name: plain, external: true }"), plain, top: only)
            let direct = "joins the host's own links by the driver macvlan"
            try await refused(fleet, joining("{ name: direct, external: true }"), direct, top: only)
            let granted = "policy: { host_network: [web], \(external) }\n"
            try await works(fleet, joining("{ name: lan, external: true }"), top: granted)
            try await works(fleet, joining("{ name: named, external: true }"), top: only)

            for (subnet, way) in [
                ("198.18.78.0/24", "198.18.78.0/30 on uplink"),
                ("10.61.0.128/25", "10.61.0.0/24 on lan0"),
            ] {
                let network = "{ ipam: { config: [{ subnet: \(subnet) }] } }"
                try await refused(fleet, joining(network), "overlaps \(way)")
            }
            try await works(fleet, joining("{ ipam: { config: [{ subnet: 10.64.0.0/24 }] } }"))

            let clear = """
                docker ps -aq | xargs -r docker rm -f
                docker network rm staging_lan theirs lan named direct plain
                ip link del lan0; ip link del port0; ip link del port1
                """
            _ = try await world.run(["sh", "-c", clear], environment: address)
        }
    }

    func testAddressesOfOthers() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let staging = try Fleet(world, environment: "staging")
            let theirs = ServiceText(name: "db", image: "web", port: nil, replicas: 1)
            try staging.commit("Have neighbours", theirs)
            let first = try await staging.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let show = ["ip", "-4", "-o", "address", "show", "dev", "br-staging"]
            let rows = try await world.run(show)
            let match = rows.output.firstMatch(of: /inet ([0-9.]+)\/32/)
            let service = try XCTUnwrap(match?.1)
            let format = "{{.NetworkSettings.Networks.staging_default.IPAddress}}"
            let container = try await staging.inspect("staging-db-1", format)
                .trimmingCharacters(in: .whitespacesAndNewlines)

            try await world.docker("network", "create", "--subnet", "10.67.0.0/24", "shop")
            try await world.docker(
                "create",
                "--name=waits",
                "--network=shop",
                "--ip=10.67.0.9",
                "localhost:5000/web:1.0.0"
            )

            let only = "policy: { external_networks: [shop, staging_default] }\n"
            let fixing = { (address: String, network: String) in
                self.web(
                    "    networks: { lan: { \(address) } }\n"
                        + "networks:\n  lan: { external: true, name: \(network) }"
                )
            }
            let attempts = [
                ("\(service)", "staging_default", "staging/db"),
                (container, "staging_default", "the container staging-db-1"),
                ("10.67.0.9", "shop", "the container waits"),
                ("10.67.0.1", "shop", "the network's gateway"),
            ]
            for (address, network, owner) in attempts {
                let words = "the address \(address) in the network \(network) is in use by \(owner)"
                let text = fixing("ipv4_address: \(address)", network)
                try fleet.commit("Try \(words)", text, top: only)
                let plan = try await fleet.berth("plan")
                XCTAssertEqual(plan.code, 1, "\(plan)")
                XCTAssertTrue(plan.output.contains(words), "\(words): \(plan)")
                let applied = try await fleet.berth("apply", "--timeout", "20s")
                XCTAssertNotEqual(applied.code, 0, "\(applied)")
                XCTAssertTrue("\(applied)".contains(words), "\(words): \(applied)")
                let containers = try await world.containers()
                XCTAssertFalse(containers.contains { $0.hasPrefix("prod-") }, "\(containers)")
            }
            // Its own address is no other's, also when it is replaced.
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version))
                var text = fixing("ipv4_address: 10.67.0.10", "shop")
                text.version = version
                try fleet.commit("Fix an address", text, top: only)
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(applied)")
            }
            let again = try await staging.berth("plan")
            XCTAssertEqual(again.code, 0, "the other environment is as it was: \(again)")
            try await world.clear()
            try await world.docker("network", "rm", "shop")
        }
    }

    /// Labels can be copied by everybody who may start a container.
    func testAContainerWithCopiedLabelsIsLeftAlone() async throws {
        try await withWeb { fleet in
            let world = fleet.world
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let format = "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}\n{{end}}"
            let labels = try await world.docker("inspect", "--format", format, "prod-web-1")
                .split(separator: "\n").flatMap { ["--label", String($0)] }
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let run = ["docker", "run", "-d", "--network", "none", "-v", "/kept"]
            let image = ["localhost:5000/web:1.0.0"]
            let copies: [(name: String, more: [String])] = [
                ("copy", []), ("prod-web-1-copy", []),
                ("prod-web-0", ["--label", "berth.slot=0", "--label", "berth.name=prod-web-0"]),
            ]
            for (name, more) in copies {
                let words = run + ["--name", name] + labels + more + image
                let ended = try await world.run(words, environment: address)
                XCTAssertEqual(ended.code, 0, "\(ended)")
            }
            let life = { try await fleet.inspect("copy", "{{.Id}} {{.State.StartedAt}}") }
            let before = try await life()
            let rows = try await fleet.drift().filter { $0.kind == "unexpected" }
            XCTAssertEqual(rows.map(\.subject).sorted(), copies.map(\.name).sorted())
            try await withController(fleet) { controller in
                try await controller.says("copy has Berth's labels")
                try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                try await settled(fleet, on: "web 1.1.0")
                try fleet.commit("Remove it", ServiceText(name: "api", port: nil, replicas: 1))
                try await eventually("web is gone") {
                    try await !world.containers().contains("prod-web-1")
                }
                XCTAssertEqual(controller.lines("stopped copy").count, 0)
            }
            let after = try await life()
            XCTAssertEqual(after, before, "neither stopped nor started")
            let left = try await world.containers().filter { !$0.hasPrefix("prod-api") }
            XCTAssertEqual(left, copies.map(\.name).sorted())
            for (name, _) in copies {
                let volume = "{{(index .Mounts 0).Name}}"
                let kept = try await fleet.inspect(name, volume)
                try await world.docker("volume", "inspect", kept)
            }
        }
    }

    func testNamedVolumesStayAndAnonymousOnesGo() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let volumes = "    volumes: [\"data:/data\", /anonymous]\nvolumes:\n  data: {}"
            try fleet.commit("Describe the fleet", web(volumes))
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            try await world.docker("exec", "prod-web-1", "touch", "/data/kept")
            let names = try await fleet.inspect(
                "prod-web-1",
                "{{range .Mounts}}{{if eq .Destination \"/anonymous\"}}{{.Name}}{{end}}{{end}}"
            )
            XCTAssertEqual(names.utf8.count, 64, names)
            try fleet.commit("Remove it", web("", name: "other"))
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
            let left = try await world.docker("volume", "ls", "-q").split(separator: "\n")
            XCTAssertTrue(left.contains("prod_data"), "\(left)")
            XCTAssertFalse(left.contains(Substring(names)), "\(left)")
            try fleet.commit("Use it again", web(volumes))
            let third = try await fleet.berth("apply")
            XCTAssertEqual(third.code, 0, "\(third)")
            try await world.docker("exec", "prod-web-1", "cat", "/data/kept")
        }
    }
}
