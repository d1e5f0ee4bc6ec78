import Foundation
import Platform
import TestSupport
import XCTest

/// A Docker host of the tests' own with its registry, and another machine beside it.
///
///     client 198.18.78.2 ── 198.18.78.1 host: dockerd, registry on 127.0.0.1:5000, berth
///      2001:db8:78::2 ────── 2001:db8:78::1
///
/// One for all cases: it is started with the first of them and removed after the last.
final class World: Sendable {
    /// The real dockerd, in the host's namespace.
    let docker: PrivateDocker
    /// The real registry, in the host's namespace.
    let registry: PrivateRegistry
    /// The other machine.
    let client: NetworkNamespace
    /// The program under test.
    let berth: String

    /// The host's address towards the client.
    static let hostAddress = "198.18.78.1"
    /// The host's address of IPv6 towards the client.
    static let hostAddress6 = "2001:db8:78::1"
    private static let clientAddress = "198.18.78.2"
    private static let clientAddress6 = "2001:db8:78::2"
    private let clientName: String
    private let images = ImageShelf()

    private init(docker: PrivateDocker, registry: PrivateRegistry, berth: String) {
        self.docker = docker
        self.registry = registry
        self.berth = berth
        clientName = docker.namespaceName + "-client"
        client = NetworkNamespace(named: clientName)
    }

    /// Goes on only where there can be one.
    static func requireParts() throws {
        try PrivateDocker.requireParts()
        for program in ["docker", "docker-registry", "nft", "git", "curl"] {
            try RealParts.require(program: program)
        }
    }

    /// The world, started when it is first asked for.
    static func shared() async throws -> World {
        let world = try await started.value
        return world
    }

    private static let started = Task<World, any Error> {
        let world = try await start()
        XCTestObservationCenter.shared.addTestObserver(LastOne(world: world))
        return world
    }

    private static func start() async throws -> World {
        // The tests are a program of their own here, built into the same folder.
        let berth = Bundle.main.bundleURL.appendingPathComponent("berth").path
        guard FileManager.default.isExecutableFile(atPath: berth) else {
            throw Missing("\(berth) is not built (swift build)")
        }
        var options = PrivateDocker.Options()
        options.keepsContainersRunning = TestEngine.chosen.keepsContainersRunning
        // As newer daemons do by themselves: what comes over IPv6 is filtered, too.
        options.arguments = ["--experimental", "--ip6tables"]
        let docker = try await PrivateDocker.start(options)
        do {
            let registry = try await registry(port: 5000, in: docker)
            let world = World(docker: docker, registry: registry, berth: berth)
            try await world.connectClient()
            return world
        } catch {
            docker.stop()
            throw error
        }
    }

    /// A registry on a loopback port of the host.
    static func registry(
        port: Int,
        isProtected: Bool = false,
        in docker: PrivateDocker
    ) async throws -> PrivateRegistry {
        try await PrivateRegistry.start(
            port: port,
            isProtected: isProtected,
            wrapper: ["nsenter", "--net=\(docker.namespace.path)"]
        )
    }

    private func connectClient() async throws {
        let (host, client) = (docker.namespaceName, clientName)
        let script = """
            set -e
            ip netns add \(client)
            ip -n \(client) link set lo up
            ip -n \(host) link add uplink type veth peer name eth0 netns \(client)
            ip -n \(host) address add \(Self.hostAddress)/30 dev uplink
            ip -n \(client) address add \(Self.clientAddress)/30 dev eth0
            ip -n \(host) address add \(Self.hostAddress6)/64 dev uplink nodad
            ip -n \(client) address add \(Self.clientAddress6)/64 dev eth0 nodad
            ip -n \(host) link set uplink up
            ip -n \(client) link set eth0 up
            ip -n \(client) route add default via \(Self.hostAddress)
            """
        try await Command("sh", ["-c", script]).run()
    }

    /// Ends and removes everything; it blocks.
    func stop() {
        registry.stop()
        docker.stop()
        _ = try? Command("ip", ["netns", "delete", clientName]).runBlocking()
    }

    // MARK: Images

    /// Pushes an image to the registry, once, unless it is there already.
    func push(_ image: TestImage) async throws {
        try await images.push(image, to: self)
    }

    // MARK: The host

    /// Runs a program on the host; never throws for how it ends.
    func run(
        _ words: [String],
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> Ended {
        let inside = ["nsenter", "--net=\(docker.namespace.path)"]
        return try await runOutside(inside + words, environment: environment, input: input)
    }

    /// Runs a program where the test itself runs.
    func runOutside(
        _ words: [String],
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> Ended {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let command = Command(
            words[0],
            Array(words.dropFirst()),
            environment: variables,
            input: input.map { Array($0.utf8) },
            deadline: .seconds(180)
        )
        do {
            let output = try await command.run()
            return Ended(code: 0, output: output.text, errors: output.errorText)
        } catch {
            guard case .failed(_, let ending, let output) = error else { throw error }
            let code: Int32 =
                switch ending {
                case .status(let code): code
                case .signal(let number): 128 + number
                }
            return Ended(code: code, output: output.text, errors: output.errorText)
        }
    }

    /// Runs Docker's own client on the host and returns what it prints.
    @discardableResult
    func docker(_ words: String...) async throws -> String { try await docker(words) }

    @discardableResult
    func docker(_ words: [String]) async throws -> String {
        let address = ["DOCKER_HOST": "unix://\(docker.socketPath)"]
        let ended = try await run(["docker"] + words, environment: address)
        guard ended.code == 0 else { throw Missing("docker \(words): \(ended.errors)") }
        return ended.output
    }

    /// The number of a container's first process, as the test sees it.
    func processID(of container: String) async throws -> Int32 {
        let text = try await docker("inspect", "--format", "{{.State.Pid}}", container)
        guard let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), number > 0
        else { throw Missing("\(container) does not run") }
        return number
    }

    /// The names of containers, sorted; stopped ones, too.
    func containers(_ filter: String = "label=berth.environment") async throws -> [String] {
        let text = try await docker("ps", "-a", "--filter", filter, "--format", "{{.Names}}")
        return text.split(separator: "\n").map(String.init).sorted()
    }

    /// The rules, without the counters' numbers.
    func rules() async throws -> String {
        try await run(["nft", "--stateless", "list", "ruleset"]).output
    }

    /// The first line that a URL answers with, as seen on the host; nil if it does not.
    func get(_ url: String) async throws -> String? {
        let ended = try await run(["curl", "-s", "-f", "--max-time", "2", url])
        guard ended.code == 0 else { return nil }
        return ended.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Refuses connections to a port of the host, as if nobody listened there.
    func cutOff(port: Int) async throws {
        let rules =
            "table inet outage { chain out { type filter hook output priority 0; "
            + "tcp dport \(port) reject with tcp reset; }; }"
        let ended = try await run(["nft", "-f", "-"], input: rules)
        guard ended.code == 0 else { throw Missing("nft: \(ended)") }
    }

    /// Takes back what ``cutOff(port:)`` did.
    func reconnect() async throws {
        _ = try await run(["nft", "delete", "table", "inet", "outage"])
    }

    /// Removes every container, network, volume and rule of Berth's.
    func clear() async throws {
        let script = """
            docker ps -aq | xargs -r docker rm -fv > /dev/null
            for label in berth.environment com.docker.compose.project; do
                docker network ls -q --filter label=$label | xargs -r docker network rm
            done
            docker volume ls -q | xargs -r docker volume rm > /dev/null
            nft delete table ip berth 2> /dev/null || true
            nft delete table inet outage 2> /dev/null || true
            """
        let address = ["DOCKER_HOST": "unix://\(docker.socketPath)"]
        let ended = try await run(["sh", "-c", script], environment: address)
        guard ended.code == 0 else { throw Missing("could not clear: \(ended.errors)") }
    }
}

/// How a program ended and what it wrote.
struct Ended: CustomStringConvertible {
    var code: Int32
    var output: String
    var errors: String

    var description: String { "exit \(code)\n\(output)\n\(errors)" }
}

/// Something that a test needs was not there, or did not come.
struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Sweeps up after the last test of the process.
private final class LastOne: NSObject, XCTestObservation {
    private let world: World

    init(world: World) { self.world = world }

    func testBundleDidFinish(_ testBundle: Bundle) {
        world.stop()
    }
}
