internal import Addresses
package import Model
internal import Traffic

/// Where an environment's traffic goes, as the kernel has it.
package struct TrafficReport: Sendable, Codable {
    /// How the table stands to what is wanted.
    package enum State: String, Sendable, Codable {
        /// As it should be.
        case right = "in sync"
        /// There is nothing of the environment in it, and there should be.
        case missing
        /// Something else than it should be.
        case different
        /// What should be there could not be found out.
        case unknown
    }

    /// The environment's name.
    package var environment: String
    /// How the table stands to what is wanted.
    package var state: State
    /// Who comes in where, and who serves there.
    package var rows: [TrafficRow]
    /// What is not as it should be, a sentence each.
    package var problems: [String]

    /// Whether there is anything to say beyond where the traffic goes.
    package var hasProblems: Bool { state != .right || !problems.isEmpty }
}

/// One entry point and one container behind it.
package struct TrafficRow: Hashable, Sendable, Codable {
    /// What the table says of the container.
    package enum Role: String, Sendable, Codable {
        /// New connections come to it.
        case serves
        /// It has connections from before, and gets no new ones.
        case drains
        /// There is none: connections are refused.
        case noBackend = "no backend"
    }

    /// The entry point: `*:8080/tcp`, `[::]:8080/tcp` for all addresses of IPv6,
    /// `127.0.0.1:53/udp`, or a service's own address.
    package var entryPoint: String
    /// The service's name.
    package var service: String
    /// The container's name; the first digits of its id where Docker could not be asked.
    package var container: String?
    /// Where its traffic goes, with the port where the entry point names one.
    package var address: String?
    /// What the table says of it.
    package var role: Role
    /// Open TCP connections that came this way; nil where the kernel does not tell, and for UDP.
    package var connections: Int?
    /// Since when it serves.
    package var since: Moment?
}

/// What a report is made of.
struct TrafficEvidence {
    /// The table as the kernel has it.
    var table: ObservedTable
    /// The environment's containers; none where Docker could not be asked.
    var containers: [Container] = [] {
        didSet { addresses6 = Self.addresses6(of: containers) }
    }
    /// Their addresses of IPv6, by those of IPv4.
    private(set) var addresses6: [IPv4Address: IPv6Address] = [:]
    /// The connections, by the way they came in; nil where the kernel does not tell.
    var census: ConnectionCounts?
    /// How the table differs from what is wanted, by service, in words; nil where that could not
    /// be found out.
    var differences: [String: String]?
    /// Whether anybody is to be led anywhere.
    var isWanted = true
    /// Ports that others have, and why the table could not be compared.
    var complaints: [String] = []

    private static func addresses6(of containers: [Container]) -> [IPv4Address: IPv6Address] {
        containers.reduce(into: [:]) { addresses, container in
            guard let address = container.address else { return }
            addresses[address] = container.address6
        }
    }
}

extension TrafficReport {
    init(of environment: String, _ evidence: TrafficEvidence) {
        self.environment = environment
        let own = ChainName(environment: environment, service: "", target: nil).environment
        let chains = evidence.table.services.filter { $0.key.environment == own }
        rows = chains.sorted { $0.key < $1.key }.flatMap { name, chain in
            chain.entryPoints.map { TrafficRow.Way(name, $0) }.sorted { $0.words < $1.words }
                .flatMap { TrafficRow.rows($0, chain, evidence) }
        }
        let isMissing = chains.isEmpty && evidence.isWanted
        problems = []
        if isMissing {
            let place = evidence.table.isPresent ? "nothing of it in" : "there is no"
            problems = ["\(place) table ip berth; apply or run puts it there"]
        }
        if let differences = evidence.differences, evidence.isWanted || !chains.isEmpty {
            state = isMissing ? .missing : differences.isEmpty ? .right : .different
            problems += differences.sorted { $0.key < $1.key }.map(\.value)
        } else {
            state = isMissing ? .missing : evidence.differences == nil ? .unknown : .right
        }
        problems += evidence.complaints
        problems += evidence.table.foreign.map { words in
            "foreign object: \(words); see nft list ruleset"
        }
    }
}

extension TrafficRow {
    /// A chain and one of the ways into it.
    struct Way {
        let name: ChainName
        let entryPoint: EntryPoint

        init(_ name: ChainName, _ entryPoint: EntryPoint) {
            (self.name, self.entryPoint) = (name, entryPoint)
        }

        var words: String {
            let transport = name.target.map { "/\($0.transport.rawValue)" } ?? ""
            return switch entryPoint {
            case .port(let port, .four(.any)): "*:\(port)\(transport)"
            case .port(let port, let address): address.text(port: port) + transport
            case .service(let address, _): "\(address)"
            }
        }

        /// Where the way leads to reach a container with this address of IPv4.
        func server(_ address: IPv4Address, _ evidence: TrafficEvidence) -> IPAddress? {
            entryPoint.isIPv6
                ? evidence.addresses6[address].map(IPAddress.six) : .four(address)
        }

        /// A container's address, with the port that the way leads to.
        func words(_ server: IPAddress) -> String {
            name.target.map { server.text(port: $0.number) } ?? "\(server)"
        }

        /// Whether the kernel's table of connections tells how many there are.
        var isCounted: Bool { name.target.map { $0.transport == .tcp } ?? true }
    }

    static func rows(
        _ way: Way,
        _ chain: ObservedServiceChain,
        _ evidence: TrafficEvidence
    ) -> [TrafficRow] {
        let counts = way.isCounted ? evidence.census?.connections(through: way.entryPoint) : nil
        var rows = chain.backends.map { backend in
            let server = backend.address.flatMap { way.server($0, evidence) }
            let container = evidence.containers.first { $0.id.hasPrefix(backend.container) }
            return TrafficRow(
                entryPoint: way.words,
                service: way.name.service,
                container: container.map { "\($0.name)" } ?? backend.container,
                address: server.map(way.words),
                role: .serves,
                connections: counts.map { counts in server.map { counts[$0] ?? 0 } ?? 0 },
                since: Moment(milliseconds: Int64(backend.since))
            )
        }
        if rows.isEmpty {
            rows.append(
                TrafficRow(
                    entryPoint: way.words,
                    service: way.name.service,
                    role: .noBackend,
                    connections: counts.map { _ in 0 }
                )
            )
        }
        let serving = Set(
            chain.backends.compactMap { $0.address.flatMap { way.server($0, evidence) } }
        )
        for (server, count) in (counts ?? [:]).sorted(by: { $0.key < $1.key })
        where !serving.contains(server) && count > 0 {
            let container = evidence.containers.first { container in
                container.address.flatMap { way.server($0, evidence) } == server
            }
            rows.append(
                TrafficRow(
                    entryPoint: way.words,
                    service: way.name.service,
                    container: container.map { "\($0.name)" },
                    address: way.words(server),
                    role: .drains,
                    connections: count
                )
            )
        }
        return rows
    }
}
