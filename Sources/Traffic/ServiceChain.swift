package import Platform

/// An entry point: where callers connect to reach a service.
package enum EntryPoint: Hashable, Sendable {
    /// A port on all of the host's addresses of IPv4.
    case hostPort(UInt16)

    /// A port on all of the host's addresses of IPv6 but ::1.
    case hostPort6(UInt16)

    /// A port on one of the host's addresses (`127.0.0.1:8080:80`).
    case address(IPv4Address, port: UInt16)

    /// A port on one of the host's addresses of IPv6 (`[2001:db8::1]:8080:80`).
    case address6(IPv6Address, port: UInt16)

    /// A service's own address in a network, on any port, for what comes in by the network's
    /// bridge; only into a chain without a target.
    case service(IPv4Address, bridge: String)
}

extension EntryPoint {
    /// Whether callers come over IPv6.
    package var isIPv6: Bool {
        switch self {
        case .hostPort6, .address6: true
        case .hostPort, .address, .service: false
        }
    }
}

/// One chain of one service: the entry points, and the containers that serve.
package struct ServiceChain: Hashable, Sendable {
    /// Whose chain it is, and which.
    package let name: ChainName

    /// All entry points that lead to the port; their protocol is the port's.
    package let entryPoints: Set<EntryPoint>

    /// The containers that serve, in the order of their rules.
    ///
    /// None: connections to host ports are refused, as nothing listens there.
    package let backends: [Backend]

    /// Describes a service's port; backends are put in order.
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
}

extension ServiceChain {
    /// The keys that lead to the chain in a family's table, in order.
    func keys(in family: Family) -> [ElementKey] {
        entryPoints.compactMap { ElementKey($0, name.target?.transport, in: family) }.sorted()
    }
}

/// What a map of ours is asked: the key of one of its elements, in one family's table.
enum ElementKey: Hashable {
    case address(IPAddress, TransportProtocol, UInt16)
    case service(IPv4Address, bridge: String)
    case reserved(IPv4Address)
    case port(TransportProtocol, UInt16)
    case bridge(String)

    /// Nil for an entry point of the other family, for a port without a protocol, and the other way
    /// round.
    init?(_ entryPoint: EntryPoint, _ transport: TransportProtocol?, in family: Family) {
        switch (family, entryPoint, transport) {
        case (.ip, .hostPort(let port), let transport?),
            (.ip6, .hostPort6(let port), let transport?):
            self = .port(transport, port)
        case (.ip, .address(let address, let port), let transport?):
            self = .address(.four(address), transport, port)
        case (.ip6, .address6(let address, let port), let transport?):
            self = .address(.six(address), transport, port)
        case (.ip, .service(let address, let bridge), nil):
            self = .service(address, bridge: bridge)
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

    /// The entry point that the key stands for in a family's table; nil for one that is none.
    func entryPoint(in family: Family) -> EntryPoint? {
        switch self {
        case .address(.four(let address), _, let port): .address(address, port: port)
        case .address(.six(let address), _, let port): .address6(address, port: port)
        case .service(let address, let bridge): .service(address, bridge: bridge)
        case .port(_, let port): family == .ip ? .hostPort(port) : .hostPort6(port)
        case .bridge, .reserved: nil
        }
    }
}

extension ElementKey: CustomStringConvertible, Comparable {
    /// The key as `nft -f` reads it.
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

    /// Orders keys as a listing would show them.
    static func < (left: Self, right: Self) -> Bool {
        let (one, other) = (left.sortKey, right.sortKey)
        return (left.map.rawValue, one.address, one.port, left.description)
            < (right.map.rawValue, other.address, other.port, right.description)
    }

    private var sortKey: (address: IPAddress, port: UInt16) {
        let none = IPAddress.four(IPv4Address(rawValue: 0))
        return switch self {
        case .address(let address, _, let port): (address, port)
        case .service(let address, _), .reserved(let address): (.four(address), 0)
        case .port(_, let port): (none, port)
        case .bridge: (none, 0)
        }
    }
}
