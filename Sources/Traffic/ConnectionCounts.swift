package import Addresses

/// The open TCP connections of servers, by the entry point that they came through.
package struct ConnectionCounts: Equatable, Sendable {
    /// What connections have in common that came the same way to the same server.
    struct Path: Hashable, Sendable {
        let destination: IPAddress
        let port: UInt16
        /// Whether that was one of the host's own addresses.
        let isHost: Bool
        let server: IPAddress

        fileprivate func came(through entryPoint: EntryPoint) -> Bool {
            switch entryPoint {
            case .port(let number, let address) where address.isAny:
                port == number && isHost && destination.isIPv6 == address.isIPv6
            case .port(let number, let address): port == number && destination == address
            case .service(let address, _): destination == .four(address)
            }
        }
    }

    let counts: [Path: Int]

    /// The connections that came through an entry point, by server; TCP only.
    package func connections(through entryPoint: EntryPoint) -> [IPAddress: Int] {
        counts.reduce(into: [:]) { servers, count in
            guard count.key.came(through: entryPoint) else { return }
            servers[count.key.server, default: 0] += count.value
        }
    }
}

extension TrafficDirector {
    /// Counts the TCP connections to `servers` that may still carry data, by entry point.
    ///
    /// Nil where the kernel does not say (no nf_conntrack_netlink, or no CAP_NET_ADMIN).
    package func census(of servers: Set<IPAddress>) async -> ConnectionCounts? {
        try? await onHost("Reading the connection table") { () throws(SystemCallFailure) in
            let host = HostAddresses.current()
            var counts: [ConnectionCounts.Path: Int] = [:]
            try ConntrackTable.visit { entry in
                guard entry.isOpenConnection, servers.contains(entry.server) else { return }
                let path = ConnectionCounts.Path(
                    destination: entry.original.destination,
                    port: entry.original.destinationPort,
                    isHost: host.contains(entry.original.destination),
                    server: entry.server
                )
                counts[path, default: 0] += 1
            }
            return ConnectionCounts(counts: counts)
        }
    }

    /// Counts the TCP connections that containers have as servers and that may still carry data.
    ///
    /// Counted in the kernel's connection table, which has those that came through the traffic
    /// table whatever the caller is.
    /// Nil where the kernel does not say (no nf_conntrack_netlink, or no CAP_NET_ADMIN): then only
    /// time tells when a container is drained.
    package func openConnections(to servers: Set<IPAddress>) async -> [IPAddress: Int]? {
        guard let counts = await census(of: servers)?.counts else { return nil }
        return counts.reduce(into: Dictionary(uniqueKeysWithValues: servers.map { ($0, 0) })) {
            $0[$1.key.server]? += $1.value
        }
    }
}
