internal import Platform

/// Where Berth's networks and containers get their addresses: plain arithmetic.
///
/// A container that Docker restarts while nobody watches must keep its address, or traffic goes
/// nowhere.
/// So Berth assigns the addresses of its containers itself, from the lower half of each network,
/// and leaves the upper half to Docker.
package struct AddressPool: Sendable {
    private let first: IPv4Address
    private let prefixLength: Int

    /// 1,022 addresses a network: 500 containers and more in each half.
    static let networkPrefix = 22

    /// `172.30.0.0/16`: private (RFC 1918), and far from where Docker's own pools begin.
    package static let standard = AddressPool(
        first: IPv4Address(rawValue: 0xAC1E_0000),
        prefixLength: 16
    )

    private init(first: IPv4Address, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    /// Reads a range in CIDR notation; nil when it is none, or too small for a network.
    package init?(_ text: String) {
        guard let subnet = IPv4Subnet(text), subnet.prefixLength <= Self.networkPrefix else {
            return nil
        }
        self.init(first: subnet.address, prefixLength: subnet.prefixLength)
    }

    /// The first network that overlaps none of `taken`; nil when the pool is used up.
    func freeNetwork(besides taken: [IPv4Subnet]) -> IPv4Subnet? {
        let step = UInt64(1) << (32 - UInt64(Self.networkPrefix))
        let start = UInt64(first.rawValue)
        let end = start + (UInt64(1) << (32 - UInt64(prefixLength)))
        for start in stride(from: start, to: end, by: Int(step)) {
            let address = IPv4Address(rawValue: UInt32(start))
            guard let network = IPv4Subnet(address, prefixLength: Self.networkPrefix) else {
                continue
            }
            if !taken.contains(where: network.overlaps) { return network }
        }
        return nil
    }
}

extension IPv4Subnet {
    /// Whether the two have an address in common.
    func overlaps(_ other: IPv4Subnet) -> Bool {
        contains(other.address) || other.contains(address)
    }

    /// The number of addresses, the network's own and broadcast counted.
    var size: UInt32 { UInt32(truncatingIfNeeded: UInt64(1) << (32 - UInt64(prefixLength))) }

    /// The address `offset` places after the network's own.
    subscript(offset: UInt32) -> IPv4Address {
        IPv4Address(rawValue: address.rawValue &+ offset)
    }

    /// The first address, which Docker gives to the bridge.
    var gateway: IPv4Address { self[1] }

    /// The upper half, for Docker's own IPAM.
    var upperHalf: IPv4Subnet? { IPv4Subnet(self[size / 2], prefixLength: prefixLength + 1) }

    /// An address of the lower half that is in nobody's hands.
    ///
    /// The one after the highest in use, and only then from the bottom: an address that was just
    /// given back may still be in somebody's connection table.
    /// Nor one of `services`, which stand at the other end.
    func freeAddress(
        besides taken: Set<IPv4Address>,
        services: Set<IPv4Address> = []
    ) -> IPv4Address? {
        let usable = UInt32(2)..<max(size / 2, 3)
        let highest = taken.compactMap { contains($0) ? $0.rawValue - address.rawValue : nil }
            .filter(usable.contains).max()
        let start = highest.map { $0 + 1 } ?? usable.lowerBound
        let offsets = Array(start..<max(usable.upperBound, start)) + Array(usable)
        return offsets.lazy.map { self[$0] }.first { !taken.contains($0) && !services.contains($0) }
    }
}
