internal import Foundation
package import Platform

extension TrafficDirector {
    /// Counts the TCP connections that containers have as servers and that may still carry data.
    ///
    /// Counted in the kernel's connection table, where those that came through the traffic table
    /// are seen whoever the caller is.
    /// Nil where the kernel does not say (no nf_conntrack_netlink, or no CAP_NET_ADMIN): then only
    /// time tells when a container is drained.
    package func openConnections(
        to servers: Set<IPAddress>
    ) async -> [IPAddress: Int]? {
        try? await netlink("Reading the connection table") { () throws(SystemCallFailure) in
            var counts = Dictionary(uniqueKeysWithValues: servers.map { ($0, 0) })
            try ConntrackTable.visit { entry in
                if entry.isOpenConnection { counts[entry.server]? += 1 }
            }
            return counts
        }
    }

    /// Makes callers meet the backends that their entry points lead to; returns how many were led
    /// elsewhere.
    ///
    /// The kernel keeps a caller with whom its first packet met, whatever the table says by now.
    /// Datagrams stay there for as long as the caller goes on sending, so their entries are taken
    /// out after a switch, and once more a second later.
    /// A connection that nobody answers stays, too, however often its first packet comes again, and
    /// after it whoever uses its port; where it was led out of the containers' networks, as while
    /// somebody had changed the table, it is let go.
    @discardableResult
    package func removeStaleEntries(of ruleset: Ruleset) async throws(TrafficError) -> Int {
        try await netlink("Ending stale flows") { () throws(SystemCallFailure) in
            let ways = EntryPointIndex(ruleset, host: .current())
            return try ConntrackTable.remove(where: ways.isStale)
        }
    }

    /// Takes all entries out that lead to containers which are gone; returns how many there were.
    ///
    /// Their addresses may be another's soon.
    /// Never before the container is gone: it would cut living connections.
    @discardableResult
    package func removeEntries(to servers: Set<IPAddress>) async throws(TrafficError) -> Int {
        try await netlink("Ending flows of removed containers") {
            () throws(SystemCallFailure) in
            try ConntrackTable.remove { servers.contains($0.server) }
        }
    }

    func netlink<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable () throws(SystemCallFailure) -> Value
    ) async throws(TrafficError) -> Value {
        try await onHost(operation) { () throws(TrafficError) in
            do throws(SystemCallFailure) {
                return try body()
            } catch {
                throw TrafficError(operation, error.code)
            }
        }
    }
}

/// The host's own addresses.
struct HostAddresses {
    let addresses: Set<IPAddress>

    /// The addresses of the calling thread's network namespace.
    static func current() -> Self {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return Self(addresses: []) }
        defer { freeifaddrs(list) }
        let entries = sequence(first: list) { $0?.pointee.ifa_next }.prefix { $0 != nil }
        return Self(addresses: Set(entries.compactMap { $0?.pointee.ifa_addr.flatMap(address) }))
    }

    private static func address(_ name: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        switch Int32(name.pointee.sa_family) {
        case AF_INET:
            name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .four(IPv4Address(rawValue: UInt32(bigEndian: $0.pointee.sin_addr.s_addr)))
            }
        case AF_INET6:
            name.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { name in
                withUnsafeBytes(of: name.pointee.sin6_addr) { .six(IPv6Address(bytes: $0)) }
            }
        default: nil
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        if case .four(let address) = address, BaseChain.loopback.contains(address) { return true }
        return addresses.contains(address)
    }
}
