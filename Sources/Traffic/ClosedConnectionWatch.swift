package import Addresses
internal import Foundation
internal import Synchronization

/// Takes the connections of leaving containers out of the kernel's table the moment they close.
///
/// When a container ends, dockerd reads the whole connection table and then deletes what was
/// translated to it, by one caller's tuple after the other (libnetwork's purge of an endpoint's
/// flows).
/// A caller who uses the port of a closed connection again in between, and has reached another
/// container by now, would lose that new connection.
/// Where nothing closed is left to find, nothing new is hit, however the container ends.
final class ClosedConnectionWatch: Sendable {
    private struct State {
        var servers: [String: Set<IPAddress>] = [:]
        var group: NetlinkGroup?

        var all: Set<IPAddress> { servers.values.reduce(into: []) { $0.formUnion($1) } }
    }

    private static let updates: UInt32 = 1 << 1  // NFNLGRP_CONNTRACK_UPDATE is group 2
    private let state = Mutex(State())

    /// Watches these servers from now on, for one environment; returns those that are new.
    ///
    /// The socket is open only while there is something to watch, in the calling thread's
    /// namespace.
    func watch(
        _ servers: Set<IPAddress>,
        of environment: String
    ) throws(SystemCallFailure) -> Set<IPAddress> {
        try state.withLock { state throws(SystemCallFailure) in
            let known = state.servers.updateValue(servers, forKey: environment) ?? []
            if servers.isEmpty { state.servers[environment] = nil }
            if state.servers.isEmpty {
                state.group = nil
            } else if state.group == nil {
                do throws(SystemCallFailure) {
                    state.group = try listen()
                } catch {
                    state.servers[environment] = nil
                    throw error
                }
            }
            return servers.subtracting(known)
        }
    }

    /// Returns how many there were.
    @discardableResult
    static func removeClosed(
        to servers: Set<IPAddress>,
        over socket: borrowing NetlinkSocket
    ) throws(SystemCallFailure) -> Int {
        try ConntrackTable.remove(over: socket) {
            $0.isClosedConnection && servers.contains($0.server)
        }
    }

    private func listen() throws(SystemCallFailure) -> NetlinkGroup {
        let deletions = SocketBox(try NetlinkSocket(.netfilter))
        return try NetlinkGroup(Self.updates, label: "berth.departures") { [weak self] descriptor in
            self?.hear(descriptor, deletions)
        }
    }

    private func hear(_ descriptor: Int32, _ deletions: SocketBox) {
        let servers = state.withLock(\.all)
        var isComplete = true
        var closed: [ConntrackIdentity] = []
        NetlinkGroup.drain(descriptor) { announcement in
            guard case .message(let message) = announcement else { return isComplete = false }
            let attributes = message.attributes(after: 4)
            let entry = ConntrackTable.entry(attributes)
            guard entry.isClosedConnection, servers.contains(entry.server) else { return }
            closed.append(ConntrackIdentity(entry, attributes))
        }
        // What cannot be taken out now ends by itself; the container's end may still meet it.
        try? ConntrackTable.remove(closed, over: deletions.socket)
        guard !isComplete else { return }
        _ = try? Self.removeClosed(to: servers, over: deletions.socket)
    }
}

extension TrafficDirector {
    /// Makes the kernel keep for every new connection what its announcements need.
    ///
    /// From Linux 5.19 on it does so by itself only while a process listens (`nf_conntrack_events`
    /// is 2), and connections that began before would close unnoticed.
    /// Where the administrator has turned announcements off, that stays.
    package func enableConnectionEvents() async throws(TrafficError) {
        _ = try await onHost("Enabling announcements of connections") {
            () throws(SystemCallFailure) in
            try Sysctl("net/netfilter/nf_conntrack_events").turnOn(unless: ["0"])
        }
    }

    /// Keeps the connection table free of closed connections to containers that are leaving, from
    /// now until the next call for that environment.
    package func watchClosedConnections(
        of servers: Set<IPAddress>,
        in environment: String
    ) async throws(TrafficError) {
        let departures = departures
        try await onHost("Watching the connections of leaving containers") {
            () throws(SystemCallFailure) in
            let new = try departures.watch(servers, of: environment)
            guard !new.isEmpty else { return }
            try ClosedConnectionWatch.removeClosed(to: new, over: NetlinkSocket(.netfilter))
        }
    }
}
