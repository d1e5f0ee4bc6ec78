package import Addresses

/// Where a ruleset's entry points route to, as an entry of connection tracking asks for it.
struct EntryPointIndex {
    private struct Key: Hashable {
        let entryPoint: EntryPoint
        let transport: TransportProtocol
    }

    private let backends: [Key: Set<IPAddress>]
    /// A service's own address takes all ports and protocols; its bridge is not in an entry.
    private let services: [IPAddress: Set<IPAddress>]
    private let networks: [Network]
    private let host: HostAddresses

    init(_ ruleset: Ruleset, host: HostAddresses) {
        self.host = host
        networks = ruleset.networks
        var backends: [Key: Set<IPAddress>] = [:]
        var services: [IPAddress: Set<IPAddress>] = [:]
        for chain in ruleset.services {
            let servers = chain.backends.compactMap(\.address).flatMap {
                Network.addresses(of: $0, on: ruleset.networks)
            }
            for entryPoint in chain.entryPoints {
                if case .service(let address, _) = entryPoint {
                    services[.four(address), default: []].formUnion(servers)
                } else if let transport = chain.name.target?.transport {
                    backends[Key(entryPoint: entryPoint, transport: transport)] = Set(servers)
                }
            }
        }
        self.backends = backends
        self.services = services
    }

    /// Whether an entry came in here and routes to a backend that its entry point does not have:
    /// see ``TrafficDirector/removeStaleEntries(of:)``.
    func isStale(_ entry: ConntrackEntry) -> Bool {
        let transport = TransportProtocol(number: Int(entry.original.transport))
        guard let transport, transport == .udp || entry.isUnansweredConnection,
            let servers = servers(of: entry, transport), !servers.contains(entry.server)
        else { return false }
        return transport == .udp || !networks.contains { $0.contains(entry.server) }
    }

    /// The backends of the entry point that the entry took; nil if it is none of ours.
    private func servers(
        of entry: ConntrackEntry,
        _ transport: TransportProtocol
    ) -> Set<IPAddress>? {
        let (address, port) = (entry.original.destination, entry.original.destinationPort)
        func servers(at address: IPAddress) -> Set<IPAddress>? {
            backends[Key(entryPoint: .port(port, at: address), transport: transport)]
        }
        if let own = servers(at: address) ?? services[address] { return own }
        return host.contains(address) ? servers(at: address.isIPv6 ? .six(.any) : .four(.any)) : nil
    }
}

extension TrafficDirector {
    /// Makes callers reach the backends of their entry points; returns how many entries of
    /// connection tracking were removed.
    ///
    /// The kernel keeps a caller with the backend of its first packet, whatever the table says by
    /// now.
    /// Datagrams stay there for as long as the caller goes on sending, so their entries are removed
    /// after a switch, and once more a second later.
    /// A connection that is never answered stays, too, however often its first packet comes again,
    /// and after it any other from its port; where it was sent out of the containers' networks, as
    /// while the table was tampered with, it is removed.
    @discardableResult
    package func removeStaleEntries(of ruleset: Ruleset) async throws(TrafficError) -> Int {
        try await onHost("Removing stale connection tracking entries") {
            () throws(SystemCallFailure) in
            let index = EntryPointIndex(ruleset, host: .current())
            return try ConntrackTable.remove(where: index.isStale)
        }
    }

    /// Removes all entries that route to containers which no longer exist, as their addresses may
    /// be another's soon; returns how many there were.
    ///
    /// Never before the container has ended: it would cut living connections.
    @discardableResult
    package func removeEntries(to servers: Set<IPAddress>) async throws(TrafficError) -> Int {
        try await onHost("Removing connection tracking entries of removed containers") {
            () throws(SystemCallFailure) in
            try ConntrackTable.remove { servers.contains($0.server) }
        }
    }
}
