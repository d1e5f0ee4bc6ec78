internal import Platform

/// Where a ruleset's ways in lead, as a flow's first packet asks for it.
struct WaysIn {
    private struct Way: Hashable {
        let entrance: Entrance
        /// Nil for a service's own address, which takes all protocols.
        let transport: TransportProtocol?
    }

    private let backends: [Way: Set<IPAddress>]
    private let networks: [Network]
    private let host: HostAddresses

    init(_ ruleset: Ruleset, host: HostAddresses) {
        self.host = host
        let networks = ruleset.networks
        let entries = ruleset.services.flatMap { chain in
            let servers = chain.backends.compactMap(\.address).flatMap {
                Network.addresses(of: $0, on: networks)
            }
            return chain.entrances.map {
                (Way(entrance: $0, transport: chain.name.target?.transport), Set(servers))
            }
        }
        backends = Dictionary(entries) { first, _ in first }
        self.networks = networks
    }

    /// Whether a flow came in here and leads where it should not: see
    /// ``TrafficDirector/endStaleFlows(of:)``.
    func isStale(_ flow: Flow) -> Bool {
        let transport = TransportProtocol(number: Int(flow.original.transport))
        guard let transport, transport == .udp || flow.isUnansweredConnection,
            let servers = servers(of: flow, transport), !servers.contains(flow.server)
        else { return false }
        return transport == .udp || !networks.contains { $0.contains(flow.server) }
    }

    /// The backends of the way in that the flow took; nil if it is none of ours.
    private func servers(of flow: Flow, _ transport: TransportProtocol) -> Set<IPAddress>? {
        let (address, port) = (flow.original.destination, flow.original.destinationPort)
        let isHost = host.contains(address)
        switch address {
        case .four(let address):
            return backends[Way(entrance: .address(address, port: port), transport: transport)]
                ?? backends[Way(entrance: .service(address), transport: nil)]
                ?? (isHost ? backends[Way(entrance: .hostPort(port), transport: transport)] : nil)
        case .six(let address):
            return backends[Way(entrance: .address6(address, port: port), transport: transport)]
                ?? (isHost ? backends[Way(entrance: .hostPort6(port), transport: transport)] : nil)
        }
    }
}
