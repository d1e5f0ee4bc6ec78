package import Platform

/// The open TCP connections of servers, by the way they came in.
package struct ConnectionCounts: Equatable, Sendable {
    /// What connections have in common that came the same way to the same server.
    struct Path: Hashable, Sendable {
        /// Where the caller connected to.
        let destination: IPAddress
        /// The port it connected to.
        let port: UInt16
        /// Whether that was one of the host's own addresses.
        let isHost: Bool
        /// Who answers.
        let server: IPAddress
    }

    let counts: [Path: Int]

    /// The connections that came through an entry point, by server; TCP only.
    package func connections(through entryPoint: EntryPoint) -> [IPAddress: Int] {
        var servers: [IPAddress: Int] = [:]
        for (path, count) in counts where path.came(through: entryPoint) {
            servers[path.server, default: 0] += count
        }
        return servers
    }
}

extension ConnectionCounts.Path {
    fileprivate func came(through entryPoint: EntryPoint) -> Bool {
        switch entryPoint {
        case .hostPort(let number): isHost && port == number && !isSix
        case .hostPort6(let number): isHost && port == number && isSix
        case .address(let address, let number): destination == .four(address) && port == number
        case .address6(let address, let number): destination == .six(address) && port == number
        case .service(let address, _): destination == .four(address)
        }
    }

    private var isSix: Bool {
        if case .six = destination { true } else { false }
    }
}

extension TrafficDirector {
    /// Counts the TCP connections to `servers` that may still carry data, by the way they came in.
    ///
    /// Nil where the kernel does not say (no nf_conntrack_netlink, or no CAP_NET_ADMIN).
    package func census(of servers: Set<IPAddress>) async -> ConnectionCounts? {
        try? await netlink("Reading the connection table") { () throws(SystemCallFailure) in
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
}
