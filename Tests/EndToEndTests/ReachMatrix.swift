import Addresses
import Foundation
import TestSupport

/// Where a service may be asked.
struct Spot: Hashable, CustomStringConvertible {
    enum Way: Hashable {
        /// The name under which others know the service.
        case name
        /// The name of its container.
        case containerName
        /// Its own address in a network, which Berth assigns.
        case serviceAddress(String)
        /// Its container's address in a network.
        case containerAddress(String)
        /// The host's address towards other machines.
        case host
        /// The host's address in a network, or on Docker's own bridge.
        case gateway(String)
        /// 127.0.0.1, wherever the caller is.
        case loopback
    }

    var service: String
    var way: Way
    var port: Int

    var description: String {
        let place =
            switch way {
            case .name: "name"
            case .containerName: "container's name"
            case .serviceAddress(let network): "service address, \(network)"
            case .containerAddress(let network): "container, \(network)"
            case .host: "host's address"
            case .gateway(let network): "host's address, \(network)"
            case .loopback: "127.0.0.1"
            }
        return "\(service): \(place) :\(port)"
    }
}

/// Who asks, and from where.
struct Caller: Hashable {
    var name: String
    /// The networks that it joins, as the manifest calls them.
    var networks: Set<String> = []
    /// What runs a program there.
    var wrapper: [String]
}

/// Which callers reach which services, each at every spot.
struct ReachMatrix {
    /// The service that answered; empty where none did.
    private var answers: [Caller: [Spot: String]] = [:]

    func answer(_ caller: Caller, _ spot: Spot) -> String? { answers[caller]?[spot] }

    /// Asks from all callers at once.
    ///
    /// Spots without an address are left out. What does not answer is asked once more, as a machine
    /// under load may take longer than the limit.
    init(of callers: [Caller], at addresses: [Spot: String], in world: World) async throws {
        answers = try await withThrowingTaskGroup { group in
            for caller in callers {
                group.addTask {
                    var all = try await Self.ask(caller, addresses, in: world)
                    let silent = addresses.filter { all[$0.key] == "" }
                    all.merge(try await Self.ask(caller, silent, in: world)) { $1 }
                    return (caller, all)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// A request at each address, all at once, with a limit of four seconds.
    private static let script = """
        for place; do (
            text=$(busybox timeout 4 busybox wget -q -Y off -O - "http://$place/version" 2> /dev/null)
            echo "$place ${text%% *}"
        ) & done; wait
        """

    private static func ask(
        _ caller: Caller,
        _ addresses: [Spot: String],
        in world: World
    ) async throws -> [Spot: String] {
        let places = Set(addresses.map { "\($1):\($0.port)" }).sorted()
        guard !places.isEmpty else { return [:] }
        let ended = try await world.runOutside(
            caller.wrapper + ["sh", "-c", script, "sh"] + places,
            environment: ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        )
        let lines = ended.output.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        }
        guard ended.code == 0, lines.count == places.count, lines.allSatisfy({ $0.count == 2 })
        else { throw Missing("\(caller.name): \(ended)") }
        let answers = Dictionary(uniqueKeysWithValues: lines.map { ($0[0], $0[1]) })
        return Dictionary(
            uniqueKeysWithValues: addresses.map { ($0, answers["\($1):\($0.port)"] ?? "") }
        )
    }
}

/// Services that run, by Compose or by Berth, with the addresses at which they can be asked.
struct Deployment {
    private let containers: [String: [String: String]]
    private let gateways: [String: IPv4Address]
    /// By service and network.
    private let serviceAddresses: [String: [String: String]]

    /// Looks at the containers of a project or environment.
    init(_ project: String, services: Set<String>, in world: World) async throws {
        let own = { (name: Substring) in
            name.hasPrefix("\(project)_") ? String(name.dropFirst(project.count + 1)) : String(name)
        }
        var containers: [String: [String: String]] = [:]
        for service in services {
            let format =
                "{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAddress}}\n{{end}}"
            let text = try await world.docker("inspect", "-f", format, "\(project)-\(service)-1")
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 2 else { continue }
                containers[service, default: [:]][own(words[0])] = String(words[1])
            }
        }
        self.containers = containers
        var gateways: [String: IPv4Address] = [:]
        let networks = Set(containers.values.flatMap(\.keys)).union(["bridge"])
        let listing = try await world.docker("network", "ls", "--format", "{{.Name}}")
        for name in listing.split(separator: "\n") where networks.contains(own(name)) {
            let format = "{{range .IPAM.Config}}{{.Subnet}} {{end}}"
            let text = try await world.docker("network", "inspect", "-f", format, String(name))
            let subnets = text.split { $0.isWhitespace }.compactMap { IPv4Subnet($0) }
            gateways[own(name)] = subnets.first.map {
                IPv4Address(rawValue: $0.address.rawValue + 1)
            }
        }
        self.gateways = gateways
        var known: [String: [String: String]] = [:]
        for service in services {
            let container = "\(project)-\(service)-1"
            let hosts = try await world.docker("exec", container, "cat", "/etc/hosts")
            for line in hosts.split(separator: "\n") {
                let words = line.split { $0 == "\t" || $0 == " " }
                guard words.count == 4, words[2] == "#" else { continue }
                known[String(words[1]), default: [:]][own(words[3])] = String(words[0])
            }
        }
        serviceAddresses = known
    }

    /// Where a spot is here; nil where there is none of its kind.
    func address(of spot: Spot, project: String) -> String? {
        switch spot.way {
        case .name: spot.service
        case .containerName: "\(project)-\(spot.service)-1"
        case .serviceAddress(let network): serviceAddresses[spot.service]?[network]
        case .containerAddress(let network): containers[spot.service]?[network]
        case .host: World.hostAddress
        case .gateway(let network): gateways[network]?.description
        case .loopback: "127.0.0.1"
        }
    }
}
