package import Addresses

package enum EntryPoint: Hashable, Sendable, CustomStringConvertible {
    /// A port at one of the host's addresses (`127.0.0.1:8080:80`), or at all of a family's where
    /// the address is `0.0.0.0` or `::`; of IPv6 all but ::1.
    case port(UInt16, at: IPAddress)

    /// A service's own address in a network, on any port, for what comes in by the network's
    /// bridge; only into a chain without a target.
    case service(IPv4Address, bridge: String)

    package static func hostPort(_ port: UInt16) -> Self { .port(port, at: .four(.any)) }

    package static func hostPort6(_ port: UInt16) -> Self { .port(port, at: .six(.any)) }

    package var isIPv6: Bool {
        if case .port(_, let address) = self { address.isIPv6 } else { false }
    }

    package var description: String {
        switch self {
        case .port(let port, let address): address.text(port: port)
        case .service(let address, _): "\(address)"
        }
    }
}

/// One chain of one service: the entry points, and the containers that serve.
package struct ServiceChain: Hashable, Sendable {
    package let name: ChainName

    /// All entry points that route to the port; their protocol is the port's.
    package let entryPoints: Set<EntryPoint>

    /// The containers that serve, in the order of their rules.
    ///
    /// None: connections to host ports are refused, as nothing listens there.
    package let backends: [Backend]

    package init(name: ChainName, entryPoints: Set<EntryPoint>, backends: [Backend]) {
        self.name = name
        self.entryPoints = entryPoints
        self.backends = backends.sorted()
    }

    /// Those with an address share the traffic; the rules of the others only name them.
    var rules: [Rule] { rules { $0.address.map(IPAddress.four) } }

    /// The rules of the other family: of backends with an address there.
    func rules6(_ networks: [Network]) -> [Rule] {
        rules { backend in
            backend.address.flatMap { address in
                networks.lazy.compactMap { $0.address6(of: address) }.first.map(IPAddress.six)
            }
        }
    }

    private func rules(_ address: (Backend) -> IPAddress?) -> [Rule] {
        let addressed = backends.map { ($0, address($0)) }
        let sharing = addressed.filter { $0.1 != nil }
        let others = addressed.filter { $0.1 == nil }
        return (sharing + others).enumerated().compactMap { index, backend in
            Rule.backend(backend.0, backend.1, at: index, of: sharing.count, in: name)
        }
    }

    /// The keys that route to the chain in a family's table, in order.
    func keys(in family: Family) -> [ElementKey] {
        entryPoints.compactMap { ElementKey($0, name.target?.transport, in: family) }.sorted()
    }
}

/// The key of an element of one of our maps, in one family's table.
enum ElementKey: Hashable, CustomStringConvertible, Comparable {
    case address(IPAddress, TransportProtocol, UInt16)
    case service(IPv4Address, bridge: String)
    case reserved(IPv4Address)
    case port(TransportProtocol, UInt16)
    case bridge(String)

    /// Nil for an entry point of the other family, for a port without a protocol, and the other way
    /// round.
    init?(_ entryPoint: EntryPoint, _ transport: TransportProtocol?, in family: Family) {
        guard entryPoint.isIPv6 == (family == .ip6) else { return nil }
        switch (entryPoint, transport) {
        case (.port(let port, let address), let transport?):
            self = address.isAny ? .port(transport, port) : .address(address, transport, port)
        case (.service(let address, let bridge), nil): self = .service(address, bridge: bridge)
        default: return nil
        }
    }

    /// What goes with the key of a service's address: no host port is served there.
    var reservation: ElementKey? {
        if case .service(let address, _) = self { .reserved(address) } else { nil }
    }

    var map: TableMap {
        switch self {
        case .address: .addresses
        case .service: .services
        case .reserved: .reserved
        case .port: .ports
        case .bridge: .bridges
        }
    }

    func entryPoint(in family: Family) -> EntryPoint? {
        switch self {
        case .address(let address, _, let port): .port(port, at: address)
        case .service(let address, let bridge): .service(address, bridge: bridge)
        case .port(_, let port): family == .ip ? .hostPort(port) : .hostPort6(port)
        case .bridge, .reserved: nil
        }
    }

    var description: String {
        switch self {
        case .address(let address, let transport, let port):
            "\(address) . \(transport.rawValue) . \(port)"
        case .service(let address, let bridge): "\"\(bridge)\" . \(address)"
        case .reserved(let address): "\(address)"
        case .port(let transport, let port): "\(transport.rawValue) . \(port)"
        case .bridge(let name): "\"\(name)\""
        }
    }

    static func < (left: Self, right: Self) -> Bool {
        let (one, other) = (left.sortKey, right.sortKey)
        return (left.map.rawValue, one.address, one.port, left.description)
            < (right.map.rawValue, other.address, other.port, right.description)
    }

    private var sortKey: (address: IPAddress, port: UInt16) {
        switch self {
        case .address(let address, _, let port): (address, port)
        case .service(let address, _), .reserved(let address): (.four(address), 0)
        case .port(_, let port): (.four(.any), port)
        case .bridge: (.four(.any), 0)
        }
    }
}
