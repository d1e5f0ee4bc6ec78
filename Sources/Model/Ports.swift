/// The transport of a port.
public enum TransportProtocol: String, Hashable, Sendable, Encodable, CaseIterable {
    /// RFC 9293.
    case tcp
    /// RFC 768.
    case udp
    /// RFC 9260; can be exposed, not published.
    case sctp
}

/// A port inside a container.
public struct ContainerPort: Hashable, Sendable, Encodable, Comparable, CustomStringConvertible {
    /// 1 to 65535.
    public var number: Int
    /// The transport.
    public var transport: TransportProtocol

    /// Names a port.
    public init(_ number: Int, _ transport: TransportProtocol = .tcp) {
        self.number = number
        self.transport = transport
    }

    /// As the Engine API writes it, `80/tcp`.
    public var description: String { "\(number)/\(transport.rawValue)" }

    /// Orders by number, then transport.
    public static func < (left: Self, right: Self) -> Bool {
        (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
    }
}

/// A port of the host that leads to a service (one entry of Compose `ports`, ranges expanded).
public struct PublishedPort: Hashable, Sendable, Encodable {
    /// The port inside the container.
    public var target: ContainerPort
    /// The port of the host; nil lets Docker choose one per container.
    public var published: Int?
    /// The one address of the host that it is reached at; nil is all of them.
    public var hostAddress: String?

    /// Makes a published port.
    public init(target: ContainerPort, published: Int?, hostAddress: String? = nil) {
        self.target = target
        self.published = published
        self.hostAddress = hostAddress
    }
}
