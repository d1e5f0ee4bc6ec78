internal import Digests

/// Where Berth's networks and containers get their addresses.
///
/// A container that Docker restarts while Berth does not run must keep its address, or its traffic
/// is lost.
/// So Berth assigns the addresses of its containers itself, from the lower half of each network,
/// and leaves the upper half to Docker.
package struct SubnetPool: Sendable {
    private let range: IPv4Subnet

    /// 1,022 addresses a network: 500 containers and more in each half.
    static let networkPrefix = 22

    /// Private (RFC 1918), and far from where Docker's own pools begin.
    package static let standard = SubnetPool(range: .literal("172.30.0.0/16"))

    private init(range: IPv4Subnet) { self.range = range }

    /// Reads a range in CIDR notation; nil where it is none, or too small for a network.
    package init?(_ text: String) {
        guard let range = IPv4Subnet(text), range.prefixLength <= Self.networkPrefix else {
            return nil
        }
        self.range = range
    }

    /// The first network that overlaps none of `taken`; nil when the pool is used up.
    package func freeNetwork(besides taken: [IPv4Subnet]) -> IPv4Subnet? {
        let starts = stride(
            from: UInt64(range.address.rawValue),
            through: UInt64(range.last.rawValue),
            by: 1 << (32 - Self.networkPrefix)
        )
        return starts.lazy.compactMap { start in
            IPv4Subnet(IPv4Address(rawValue: UInt32(start)), prefixLength: Self.networkPrefix)
        }
        .first { network in !taken.contains(where: network.overlaps) }
    }
}

extension IPv4Subnet {
    /// The number of addresses, the network's own and broadcast counted; 0 for all of IPv4.
    package var size: UInt32 { UInt32(truncatingIfNeeded: UInt64(1) << (32 - prefixLength)) }

    /// The address `offset` places after the network's own.
    package subscript(offset: UInt32) -> IPv4Address {
        IPv4Address(rawValue: address.rawValue &+ offset)
    }

    /// The first address, which Docker gives to the bridge.
    package var gateway: IPv4Address { self[1] }

    /// The upper half, for Docker's own IPAM.
    package var upperHalf: IPv4Subnet? {
        IPv4Subnet(self[size / 2], prefixLength: prefixLength + 1)
    }

    /// The places of the addresses that Berth assigns.
    var usable: Range<UInt32> { 2..<max(size / 2, 3) }

    /// An address of the lower half that is not in use.
    ///
    /// The one after the highest in use, and only then from the bottom: an address that was just
    /// given back may still be in a connection table.
    /// Nor one of `services`, which stand at the other end.
    package func freeAddress(
        besides taken: Set<IPv4Address>,
        services: Set<IPv4Address> = []
    ) -> IPv4Address? {
        let highest = taken.compactMap { contains($0) ? $0.rawValue - address.rawValue : nil }
            .filter(usable.contains).max()
        let start = highest.map { $0 + 1 } ?? usable.lowerBound
        let offsets = Array(start..<max(usable.upperBound, start)) + Array(usable)
        return offsets.lazy.map { self[$0] }.first { !taken.contains($0) && !services.contains($0) }
    }
}

extension IPv6Subnet {
    /// A block of 64 bits for a network that no manifest gives one (RFC 4193, §3.1).
    ///
    /// `fd`, and 40 bits that the network's name chooses instead of chance: the same on every host,
    /// and, as nothing routes such addresses between hosts, no worse for it.
    package static func uniqueLocal(of network: String) -> IPv6Subnet {
        let name = Digest(hashing: network.utf8).bytes
        let address = IPv6Address(bytes: [0xFD] + name.prefix(5))
        guard let subnet = IPv6Subnet(address, prefixLength: 64) else {
            preconditionFailure("64 bits are a prefix")
        }
        return subnet
    }
}
