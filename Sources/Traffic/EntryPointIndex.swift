internal import Platform

/// Where a ruleset's entry points lead, as a entry's first packet asks for it.
struct EntryPointIndex {
    private struct Way: Hashable {
        let entryPoint: EntryPoint
        let transport: TransportProtocol
    }

    private let backends: [Way: Set<IPAddress>]
    /// A service's own address takes all ports and protocols; its bridge is not in a entry.
    private let services: [IPv4Address: Set<IPAddress>]
    private let networks: [Network]
    private let host: HostAddresses

    init(_ ruleset: Ruleset, host: HostAddresses) {
        self.host = host
        networks = ruleset.networks
        var backends: [Way: Set<IPAddress>] = [:]
        var services: [IPv4Address: Set<IPAddress>] = [:]
        for chain in ruleset.services {
            let servers = chain.backends.compactMap(\.address).flatMap {
                Network.addresses(of: $0, on: ruleset.networks)
            }
            for entryPoint in chain.entryPoints {
                if case .service(let address, _) = entryPoint {
                    services[address, default: []].formUnion(servers)
                } else if let transport = chain.name.target?.transport {
                    backends[Way(entryPoint: entryPoint, transport: transport)] = Set(servers)
                }
            }
        }
        self.backends = backends
        self.services = services
    }

    /// Whether a entry came in here and leads where it should not: see
    /// ``TrafficDirector/removeStaleEntries(of:)``.
    func isStale(_ entry: ConntrackEntry) -> Bool {
        let transport = TransportProtocol(number: Int(entry.original.transport))
        guard let transport, transport == .udp || entry.isUnansweredConnection,
            let servers = servers(of: entry, transport), !servers.contains(entry.server)
        else { return false }
        return transport == .udp || !networks.contains { $0.contains(entry.server) }
    }

    /// The backends of the entry point that the entry took; nil if it is none of ours.
    private func servers(of entry: ConntrackEntry, _ transport: TransportProtocol) -> Set<
        IPAddress
    >? {
        let (address, port) = (entry.original.destination, entry.original.destinationPort)
        let isHost = host.contains(address)
        switch address {
        case .four(let address):
            return backends[Way(entryPoint: .address(address, port: port), transport: transport)]
                ?? services[address]
                ?? (isHost ? backends[Way(entryPoint: .hostPort(port), transport: transport)] : nil)
        case .six(let address):
            return backends[Way(entryPoint: .address6(address, port: port), transport: transport)]
                ?? (isHost
                    ? backends[Way(entryPoint: .hostPort6(port), transport: transport)] : nil)
        }
    }
}
