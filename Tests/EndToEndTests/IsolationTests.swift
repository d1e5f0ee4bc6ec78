import Foundation
import Platform
import TestSupport
import XCTest

/// A caller reaches exactly what it reaches where Compose runs the same services on the same Docker,
/// except for what `manifests/README.md` names.
final class IsolationTests: EndToEndTestCase {
    private static let project = "prod"
    private static let neighbour = "dev"

    /// One file for both: it is a manifest, too.
    private static let services = """
        services:
          web:
            image: localhost:5000/web:1.0.0
            networks: [front]
            ports: ["18080:8080", "127.0.0.1:18133:8080"]
          app:
            image: localhost:5000/app:1.0.0
            networks: [front, back, attic]
            ports: ["18081:8080"]
          db: { image: "localhost:5000/db:1.0.0", networks: [back] }
          peer: { image: "localhost:5000/caller:1.0.0", networks: [front] }
          side: { image: "localhost:5000/caller:1.0.0", networks: [side] }
          ext: { image: "localhost:5000/ext:1.0.0", networks: [outside] }
          guest: { image: "localhost:5000/caller:1.0.0", networks: [outside] }
        networks:
          front: {}
          back: { internal: true }
          side: {}
          outside: { external: true }
          attic: { external: true }

        """

    private static let joined: [String: Set<String>] = [
        "web": ["front"], "app": ["front", "back", "attic"], "db": ["back"], "peer": ["front"],
        "side": ["side"], "ext": ["outside"], "guest": ["outside"],
    ]

    private static let stranger = """
        services:
          stranger: { image: "localhost:5000/caller:1.0.0", networks: [front] }
        networks: { front: {} }

        """

    /// What serves each; 9090 is neither exposed nor published.
    private static let images = ["web", "app", "db", "ext", "caller"].map {
        TestImage(name: $0, version: "1.0.0", beforehand: "httpd -p 9090 -h /www")
    }

    private static let open = [8080, 9090]
    /// At all of the host's addresses.
    private static let published = [18080, 18081]

    private static let spots: [Spot] =
        spots("web", on: ["front"], more: [18080, 18133])
        + spots("app", on: ["front", "back"], more: [18081])
        + spots("db", on: ["back"]) + spots("ext", on: ["outside"])

    private static func spots(
        _ service: String,
        on networks: [String],
        more published: [Int] = []
    ) -> [Spot] {
        func at(_ way: Spot.Way, _ ports: [Int]) -> [Spot] {
            ports.map { Spot(service: service, way: way, port: $0) }
        }
        let all = open + published
        let own = networks.flatMap { network in
            (network == "outside" ? [] : at(.serviceAddress(network), all))
                + at(.containerAddress(network), all)
        }
        let bridges = ["front", "back", "bridge"].flatMap { at(.gateway($0), published) }
        return at(.name, all) + at(.containerName, open) + own
            + (published.isEmpty ? [] : at(.host, all) + at(.loopback, published) + bridges)
    }

    func testCallersReachWhatComposeLetsThemReach() async throws {
        let compose = try TestEngine.chosen.compose()
        try await withFleet { fleet in
            let world = fleet.world
            for image in Self.images { try await world.push(image) }
            try await world.docker("network", "create", "outside")
            // By its name it comes before those of the environment.
            try await world.docker("network", "create", "--internal", "attic")
            let callers = Self.callers(world)
            let result = await Result {
                let theirs = try await self.underCompose(compose, callers, in: world)
                let ours = try await self.underBerth(fleet, callers)
                self.compare(theirs, ours, callers)
            }
            try await world.clear()
            try await world.docker("network", "rm", "outside", "attic")
            try result.get()
        }
    }

    private static func callers(_ world: World) -> [Caller] {
        func inside(_ container: String) -> [String] { ["docker", "exec", container] }
        let own = joined.keys.sorted().filter { $0 != "ext" }.map { name in
            Caller(
                name: name,
                networks: joined[name] ?? [],
                wrapper: inside("\(project)-\(name)-1")
            )
        }
        // The machine has a route to whatever the host would forward.
        return own + [
            Caller(name: "stranger", wrapper: inside("\(neighbour)-stranger-1")),
            Caller(name: "docker0", wrapper: inside("docker0")),
            Caller(name: "machine", wrapper: ["nsenter", "--net=\(world.client.path)"]),
            Caller(name: "host", wrapper: ["nsenter", "--net=\(world.docker.namespace.path)"]),
        ]
    }

    // MARK: The two

    private func underCompose(
        _ compose: String,
        _ callers: [Caller],
        in world: World
    ) async throws -> ReachMatrix {
        let folder = try TemporaryDirectory("berth-isolation")
        let projects = [Self.project: Self.services, Self.neighbour: Self.stranger]
        func run(_ name: String, _ words: String...) async throws {
            let file = folder.file("\(name).yaml")
            let ended = try await world.run(
                [compose, "--file", file, "--project-name", name] + words,
                environment: [
                    "DOCKER_HOST": "unix://\(world.docker.socketPath)", "HOME": folder.path,
                ]
            )
            guard ended.code == 0 else { throw Missing("compose \(words): \(ended)") }
        }
        for (name, text) in projects { try folder.write("\(name).yaml", text) }
        let result = await Result {
            for name in projects.keys.sorted() { try await run(name, "up", "--detach") }
            return try await self.measure(callers, in: world)
        }
        for name in projects.keys { try await run(name, "down", "--timeout", "0") }
        return try result.get()
    }

    private func underBerth(_ fleet: Fleet, _ callers: [Caller]) async throws -> ReachMatrix {
        let world = fleet.world
        let other = try Fleet(world, environment: Self.neighbour)
        for (fleet, manifest, names) in [
            (fleet, Self.services, Self.joined.keys.sorted()),
            (other, Self.stranger, ["stranger"]),
        ] {
            let rows = names.map { "  \($0): { version: \"1.0.0\" }\n" }.joined()
            let environment =
                "registry: localhost:5000\npolicy: { external_networks: [outside, attic] }\n"
                + "services:\n\(rows)"
            try fleet.repository.commit(
                "Describe the fleet",
                [
                    "manifests/all.yaml": manifest,
                    "environments/\(fleet.environment).yaml": environment,
                ]
            )
            let applied = try await fleet.berth("apply")
            guard applied.code == 0 else { throw Missing("apply: \(applied)") }
        }
        return try await measure(callers, in: world)
    }

    private func measure(_ callers: [Caller], in world: World) async throws -> ReachMatrix {
        try await world.docker("run", "-d", "--name", "docker0", "localhost:5000/caller:1.0.0")
        let deployment = try await Deployment(
            Self.project,
            services: Set(Self.joined.keys),
            in: world
        )
        var addresses: [Spot: String] = [:]
        for spot in Self.spots {
            addresses[spot] = deployment.address(of: spot, project: Self.project)
        }
        let matrix = try await ReachMatrix(of: callers, at: addresses, in: world)
        try await world.docker("rm", "-f", "docker0")
        return matrix
    }

    // MARK: Cell by cell

    private func compare(_ theirs: ReachMatrix, _ ours: ReachMatrix, _ callers: [Caller]) {
        let width = Self.spots.map(\.description.count).max() ?? 0
        func line(_ head: String, _ cells: [String]) -> String {
            let cells = cells.map { $0.padding(toLength: 9, withPad: " ", startingAt: 0) }
            return head.padding(toLength: width + 1, withPad: " ", startingAt: 0) + cells.joined()
        }
        print("engine \(TestEngine.chosen.name); C: with Compose alone, B: with Berth alone")
        print(line("", callers.map(\.name)))
        for spot in Self.spots {
            let cells = callers.map { caller in
                let want = self.expected(caller, spot, theirs)
                let have = ours.answer(caller, spot)
                XCTAssertEqual(have, want, "\(spot) from \(caller.name)")
                return Self.cell(theirs.answer(caller, spot), have)
            }
            print(line(spot.description, cells))
        }
        // Callers do reach, and do not reach, what anybody would expect.
        let known = [("peer", "web", true), ("app", "db", true), ("peer", "db", false)]
        for (name, service, isReached) in known {
            let spot = Spot(service: service, way: .name, port: 9090)
            let caller = callers.first { $0.name == name }
            let answer = caller.flatMap { theirs.answer($0, spot) }
            XCTAssertEqual(answer, isReached ? service : "", "\(name) calls \(service)")
        }
    }

    /// What Berth is to give: what Compose gives, but for what Compose does not have.
    private func expected(_ caller: Caller, _ spot: Spot, _ theirs: ReachMatrix) -> String? {
        if case .serviceAddress(let network) = spot.way {
            let isReached = caller.networks.contains(network) && Self.open.contains(spot.port)
            return isReached ? spot.service : ""
        }
        let answer = theirs.answer(caller, spot) ?? "an address"
        return answer.isEmpty && isServedWithoutProxy(caller, spot) ? spot.service : answer
    }

    /// Without docker-proxy Docker keeps containers of other networks from host ports, at whichever
    /// address of the host; Berth serves them as Docker does with it.
    private func isServedWithoutProxy(_ caller: Caller, _ spot: Spot) -> Bool {
        guard !TestEngine.chosen.hasProxy, Self.published.contains(spot.port) else { return false }
        return switch spot.way {
        case .host, .gateway: ["guest", "side", "stranger", "docker0"].contains(caller.name)
        case .name, .containerName, .serviceAddress, .containerAddress, .loopback: false
        }
    }

    private static func cell(_ theirs: String?, _ ours: String?) -> String {
        switch (theirs?.isEmpty, ours?.isEmpty) {
        case (false, false): "yes"
        case (true, true), (nil, true), (nil, nil): "."
        case (nil, false): "yes"
        case (false, _): "C"
        case (true, _): "B"
        }
    }
}
