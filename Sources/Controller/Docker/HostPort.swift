internal import Addresses
internal import Model
internal import Traffic

/// A port of the host that is routed to a service, in one family of addresses.
struct HostPort: Hashable {
    let service: String
    let entryPoint: EntryPoint
    let transport: Traffic.TransportProtocol

    /// Nil for a service's own address.
    init?(service: String, entryPoint: EntryPoint, transport: Traffic.TransportProtocol) {
        if case .service = entryPoint { return nil }
        self.service = service
        self.entryPoint = entryPoint
        self.transport = transport
    }

    /// The ports that the table routes to a service; SCTP is not among them.
    static func all(of service: Service) -> [HostPort] {
        service.ports.flatMap { port -> [HostPort] in
            let transport = Traffic.TransportProtocol(rawValue: port.target.transport.rawValue)
            guard let transport, transport != .sctp else { return [] }
            return port.entryPoints.compactMap {
                HostPort(service: service.name, entryPoint: $0, transport: transport)
            }
        }
    }

    var words: String { "\(number)/\(transport.rawValue)" }

    var number: UInt16 {
        if case .port(let number, _) = entryPoint { number } else { 0 }
    }

    /// The one address that it is published at; nil for all of them.
    var address: IPAddress? {
        guard case .port(_, let address) = entryPoint, !address.isAny else { return nil }
        return address
    }

    /// What the port takes; nil is nothing.
    var claim: PortClaim? { PortClaim(entryPoint, transport) }

    func overlaps(_ claim: PortClaim) -> Bool { self.claim?.overlaps(claim) ?? false }
}

extension PublishedPort {
    /// Where callers connect, at most one entry point a family; none for a port that Docker
    /// chooses, and for ::1, which no packet leaves.
    ///
    /// One address, be it `0.0.0.0` or `::`, never stands for those of the other family.
    var entryPoints: [EntryPoint] {
        guard let port = published.flatMap({ UInt16(exactly: $0) }) else { return [] }
        guard let hostAddress else { return [.hostPort(port), .hostPort6(port)] }
        guard let address = IPAddress(hostAddress), address != .six(.loopback) else { return [] }
        return [.port(port, at: address)]
    }
}

/// The ports that this process holds, each by a socket that is bound and never listens.
struct HeldPorts {
    /// A port without the service that it leads to.
    private struct Key: Hashable {
        let entryPoint: EntryPoint
        let transport: Traffic.TransportProtocol

        init(_ port: HostPort) { (entryPoint, transport) = (port.entryPoint, port.transport) }
    }

    private var held: [String: [Key: PortReservation]] = [:]

    /// Whether no other process can begin to listen there.
    func contains(_ port: HostPort) -> Bool {
        held.values.contains { $0[Key(port)] != nil }
    }

    mutating func add(_ reservation: PortReservation, of port: HostPort, in environment: String) {
        held[environment, default: [:]][Key(port)] = reservation
    }

    /// Lets go of an environment's ports that are not among `wanted`.
    mutating func keep(_ wanted: [HostPort], of environment: String) {
        let keys = Set(wanted.map(Key.init))
        held[environment] = held[environment]?.filter { keys.contains($0.key) }
    }
}
