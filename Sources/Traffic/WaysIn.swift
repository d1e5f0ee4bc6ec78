internal import Platform

/// Where a ruleset's ways in lead, as a flow's first packet asks for it.
struct WaysIn {
    private let backends: [ElementKey: Set<IPv4Address>]
    private let subnets: [IPv4Subnet]
    private let host: HostAddresses

    init(_ ruleset: Ruleset, host: HostAddresses) {
        self.host = host
        subnets = ruleset.networks.map(\.subnet)
        let entries = ruleset.services.flatMap { chain in
            chain.keys.map { ($0, Set(chain.backends.compactMap(\.address))) }
        }
        backends = Dictionary(entries) { first, _ in first }
    }

    /// Whether a flow came in here and leads where it should not: see
    /// ``TrafficDirector/endStaleFlows(of:)``.
    func isStale(_ flow: Flow) -> Bool {
        let transport = TransportProtocol(number: Int(flow.original.transport))
        guard let transport, transport == .udp || flow.isUnansweredConnection,
            let servers = servers(of: flow, transport), !servers.contains(flow.server)
        else { return false }
        return transport == .udp || !subnets.contains { $0.contains(flow.server) }
    }

    /// The backends of the way in that the flow took; nil if it is none of ours.
    private func servers(of flow: Flow, _ transport: TransportProtocol) -> Set<IPv4Address>? {
        let (address, port) = (flow.original.destination, flow.original.destinationPort)
        return backends[.address(address, transport, port)]
            ?? backends[.service(address)]
            ?? (host.contains(address) ? backends[.port(transport, port)] : nil)
    }
}
