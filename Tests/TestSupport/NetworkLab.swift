internal import Foundation
package import Platform

/// A small world of network namespaces: a host with a bridge, containers on it, and a client.
///
///     client 10.99.0.2 ── 10.99.0.1 host 172.30.0.1 ── bridge ── 172.30.0.11, .12, … backends
///
/// Everything goes with ``tearDown()``; needs root and iproute2.
package final class NetworkLab: Sendable {
    /// The host, where the rules are.
    package let host: NetworkNamespace

    /// Another machine on the host's network; its default route is the host.
    package let client: NetworkNamespace

    /// The containers' namespaces, in the order of their addresses.
    package let backends: [NetworkNamespace]

    /// The bridge's interface name.
    package let bridge = "br-lab"

    /// The host's address towards the client.
    package static let hostAddress = "10.99.0.1"

    /// The client's address.
    package static let clientAddress = "10.99.0.2"

    /// The address of a backend, from 0.
    package static func backendAddress(_ index: Int) -> String { "172.30.0.\(11 + index)" }

    private let names: [String]

    /// Builds a world with so many backends.
    package init(backends count: Int) async throws {
        let run = "berth-\(getpid())-\(UInt32.random(in: 0...0xFFFF))"
        let backendNames = (0..<count).map { "\(run)-b\($0)" }
        let names = ["\(run)-host", "\(run)-client"] + backendNames
        self.names = names
        host = NetworkNamespace(named: names[0])
        client = NetworkNamespace(named: names[1])
        backends = backendNames.map { NetworkNamespace(named: $0) }
        do {
            try await build(backendNames)
        } catch {
            await tearDown()
            throw error
        }
    }

    /// Removes the world; what was never built is passed over.
    package func tearDown() async {
        for name in names { _ = try? await Self.ip("netns", "delete", name) }
    }

    private func build(_ backendNames: [String]) async throws {
        for name in names {
            try await Self.ip("netns", "add", name)
            try await Self.ip("-n", name, "link", "set", "lo", "up")
        }
        let (host, client) = (names[0], names[1])
        try await Self.ip("-n", host, "link", "add", bridge, "type", "bridge")
        try await Self.ip("-n", host, "address", "add", "172.30.0.1/24", "dev", bridge)
        try await Self.ip("-n", host, "link", "set", bridge, "up")
        try await connect(
            host,
            "uplink",
            client,
            "\(Self.hostAddress)/24",
            "\(Self.clientAddress)/24"
        )
        try await Self.ip("-n", client, "route", "add", "default", "via", Self.hostAddress)
        try await Self.ip("-n", host, "route", "add", "default", "via", Self.clientAddress)
        for (index, name) in backendNames.enumerated() {
            let address = "\(Self.backendAddress(index))/24"
            try await connect(host, "port\(index)", name, nil, address)
            try await Self.ip("-n", host, "link", "set", "port\(index)", "master", bridge)
            try await Self.ip("-n", name, "route", "add", "default", "via", "172.30.0.1")
        }
        try self.host.visit { () throws in
            try write("1", "net/ipv4/ip_forward")
            // Thousands of connections a second would fill the machine's table with ended ones.
            try write("1", "net/netfilter/nf_conntrack_tcp_timeout_time_wait")
            try write("1", "net/netfilter/nf_conntrack_tcp_timeout_close")
        }
    }

    /// Lays a cable from the host to another namespace, where it is called `eth0`.
    private func connect(
        _ host: String,
        _ port: String,
        _ other: String,
        _ hostAddress: String?,
        _ otherAddress: String
    ) async throws {
        try await Self.ip(
            "-n",
            host,
            "link",
            "add",
            port,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            other
        )
        if let hostAddress {
            try await Self.ip("-n", host, "address", "add", hostAddress, "dev", port)
        }
        try await Self.ip("-n", other, "address", "add", otherAddress, "dev", "eth0")
        try await Self.ip("-n", host, "link", "set", port, "up")
        try await Self.ip("-n", other, "link", "set", "eth0", "up")
    }

    private func write(_ value: String, _ setting: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "/proc/sys/\(setting)"))
        try file.write(contentsOf: Data(value.utf8))
        try file.close()
    }

    @discardableResult
    private static func ip(_ arguments: String...) async throws(CommandError) -> Command.Output {
        try await Command("ip", arguments, remedy: "Run apt-get install iproute2.").run()
    }
}
