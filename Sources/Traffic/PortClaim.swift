package import Addresses

/// Ports of the host that something takes: at which addresses, over which protocols.
///
/// What a service publishes, what a process listens at, what a container publishes and what a rule
/// translates are all claims; two that overlap cannot both have the traffic.
package struct PortClaim: Hashable, Sendable {
    /// Addresses of both families as IPv6 numbers; those of IPv4 are mapped (RFC 4291 §2.5.5.2).
    var addresses = NumberRanges<UInt128>.all
    var ports = NumberRanges<UInt16>.all
    var transports = Set(TransportProtocol.allCases)
}

extension PortClaim {
    /// A port at one address, or at all of its family where the address is `0.0.0.0` or `::`.
    ///
    /// A mapped address (`::ffff:192.0.2.1`) is the address of IPv4 that it stands for.
    package init(_ address: IPAddress, port: UInt16, _ transport: TransportProtocol) {
        self.init(
            addresses: Self.addresses(boundTo: address),
            ports: NumberRanges(port),
            transports: [transport]
        )
    }

    /// What an entry point takes; nil for a service's own address, which is not the host's.
    package init?(_ entryPoint: EntryPoint, _ transport: TransportProtocol) {
        guard case .port(let port, let address) = entryPoint else { return nil }
        self.init(address, port: port, transport)
        if address == .six(.any) {
            // No packet leaves ::1, so the port there is not taken.
            let loopback = NumberRanges(IPAddress.six(.loopback).number)
            addresses = addresses.intersection(loopback.complement)
        }
    }

    /// Whether one packet can belong to both.
    package func overlaps(_ other: Self) -> Bool {
        ports.overlaps(other.ports) && addresses.overlaps(other.addresses)
            && !transports.isDisjoint(with: other.transports)
    }

    var isEmpty: Bool { addresses.isEmpty || ports.isEmpty || transports.isEmpty }

    func intersection(_ other: Self) -> Self {
        Self(
            addresses: addresses.intersection(other.addresses),
            ports: ports.intersection(other.ports),
            transports: transports.intersection(other.transports)
        )
    }

    func isSuperset(of other: Self) -> Bool {
        addresses.isSuperset(of: other.addresses) && ports.isSuperset(of: other.ports)
            && transports.isSuperset(of: other.transports)
    }

    func limited(to addresses: NumberRanges<UInt128>) -> Self {
        var claim = self
        claim.addresses = self.addresses.intersection(addresses)
        return claim
    }

    static let four = NumberRanges<UInt128>(0xFFFF_0000_0000...0xFFFF_FFFF_FFFF)
    static let six = four.complement
    static let everything = PortClaim()

    /// Where a socket of IPv6 that is not limited to it (IPV6_V6ONLY) waits when bound to `::`.
    static func addresses(
        boundTo address: IPAddress,
        isDualStack: Bool = false
    ) -> NumberRanges<UInt128> {
        switch address {
        case .four(.any): four
        case .six(.any): isDualStack ? .all : six
        case let one where one.number == IPAddress.four(.any).number: four
        case let one: NumberRanges(one.number)
        }
    }
}
