public import Platform

/// A way in: where callers connect to reach a service.
public enum Entrance: Hashable, Sendable {
    /// A port on all of the host's addresses.
    case hostPort(UInt16)

    /// A port on one of the host's addresses (`127.0.0.1:8080:80`).
    case address(IPv4Address, port: UInt16)

    /// A service's own address, on any port; only into the chain without a target.
    case service(IPv4Address)
}

/// One target port of one service: the ways in, and the containers that serve.
public struct ServiceChain: Hashable, Sendable {
    /// Whose port it is, and which.
    public let name: ChainName

    /// All ways in that lead to the port; their protocol is the port's.
    public let entrances: Set<Entrance>

    /// The containers that serve, in the order of their rules.
    ///
    /// None: connections to host ports are refused, as nothing listens there.
    public let backends: [Backend]

    /// Describes a service's port; backends are put in order.
    public init(name: ChainName, entrances: Set<Entrance>, backends: [Backend]) {
        self.name = name
        self.entrances = entrances
        self.backends = backends.sorted()
    }

    /// Those with an address share the traffic; the rules of the others only name them.
    var rules: [Rule] {
        let sharing = backends.filter { $0.address != nil }
        let others = backends.filter { $0.address == nil }
        return (sharing + others).enumerated().compactMap { index, backend in
            Rule.backend(backend, at: index, of: sharing.count, in: name)
        }
    }
}

extension ServiceChain {
    /// The keys that lead to the chain, in order.
    var keys: [ElementKey] {
        entrances.compactMap { ElementKey($0, name.target?.transport) }.sorted()
    }
}

/// What a map of ours is asked: the key of one of its elements.
enum ElementKey: Hashable {
    case address(IPv4Address, TransportProtocol, UInt16)
    case service(IPv4Address)
    case port(TransportProtocol, UInt16)
    case bridge(String)

    /// Nil for a port without a protocol, and the other way round.
    init?(_ entrance: Entrance, _ transport: TransportProtocol?) {
        switch (entrance, transport) {
        case (.hostPort(let port), let transport?): self = .port(transport, port)
        case (.address(let address, let port), let transport?):
            self = .address(address, transport, port)
        case (.service(let address), nil): self = .service(address)
        default: return nil
        }
    }

    var map: TableMap {
        switch self {
        case .address: .addresses
        case .service: .services
        case .port: .ports
        case .bridge: .bridges
        }
    }

    /// The way in that the key stands for; nil for a bridge.
    var entrance: Entrance? {
        switch self {
        case .address(let address, _, let port): .address(address, port: port)
        case .service(let address): .service(address)
        case .port(_, let port): .hostPort(port)
        case .bridge: nil
        }
    }
}

extension ElementKey: CustomStringConvertible, Comparable {
    /// The key as `nft -f` reads it.
    var description: String {
        switch self {
        case .address(let address, let transport, let port):
            "\(address) . \(transport.rawValue) . \(port)"
        case .service(let address): "\(address)"
        case .port(let transport, let port): "\(transport.rawValue) . \(port)"
        case .bridge(let name): "\"\(name)\""
        }
    }

    /// Orders keys as a listing would show them.
    static func < (left: Self, right: Self) -> Bool {
        (left.map.rawValue, left.sortKey, left.description)
            < (right.map.rawValue, right.sortKey, right.description)
    }

    private var sortKey: UInt64 {
        switch self {
        case .address(let address, _, let port): UInt64(address.rawValue) << 16 | UInt64(port)
        case .service(let address): UInt64(address.rawValue)
        case .port(_, let port): UInt64(port)
        case .bridge: 0
        }
    }
}
