package import Addresses
internal import Foundation
internal import Platform

/// The addresses of the calling thread's network namespace.
struct HostAddresses {
    let addresses: Set<IPAddress>

    static func current() -> Self {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return Self(addresses: []) }
        defer { freeifaddrs(list) }
        let entries = sequence(first: list) { $0?.pointee.ifa_next }.prefix { $0 != nil }
        let addresses = entries.compactMap { entry in
            entry?.pointee.ifa_addr.flatMap { RawSocketAddress.ipAddress(at: $0) }
        }
        return Self(addresses: Set(addresses))
    }

    func contains(_ address: IPAddress) -> Bool {
        if case .four = address, address.isLoopback { return true }
        return addresses.contains(address)
    }

    /// Whether the kernel delivers what is sent to an address here, as the table's
    /// `fib daddr type local` asks, too; false for an address without any route.
    static func isLocal(_ address: IPAddress) -> Bool {
        guard let socket = try? NetlinkSocket(.route) else { return false }
        // struct rtmsg: family, length of the destination's prefix, and what the kernel fills in.
        let family = UInt8(address.isIPv6 ? AF_INET6 : AF_INET)
        var body = NetlinkBytes(bytes: [family, UInt8(address.bytes.count * 8)])
        body.bytes += repeatElement(0, count: 10)
        body.append(attribute: 1, address.bytes)  // RTA_DST
        var isLocal = false
        // RTM_GETROUTE is answered by RTM_NEWROUTE, whose type may be RTN_LOCAL.
        try? socket.request(type: 26, flags: NetlinkMessage.acknowledge, body: body) {
            guard $0.type == 24, $0.body.count >= 12 else { return }
            isLocal = $0.body[7] == 2
        }
        return isLocal
    }
}

extension TrafficDirector {
    /// Those of the addresses that are not this host's own, as the kernel's routes say.
    package func foreignAddresses(
        among addresses: Set<IPAddress>
    ) async throws(TrafficError) -> Set<IPAddress> {
        guard !addresses.isEmpty else { return [] }
        return try await onHost("Looking for the host's addresses") {
            () throws(SystemCallFailure) in addresses.filter { !HostAddresses.isLocal($0) }
        }
    }
}
