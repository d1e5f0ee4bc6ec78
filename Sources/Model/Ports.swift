/// The transport of a port.
package enum TransportProtocol: String, Hashable, Sendable, Encodable, CaseIterable {
    /// RFC 9293.
    case tcp
    /// RFC 768.
    case udp
    /// RFC 9260; can be exposed, not published.
    case sctp
}

/// A port inside a container.
package struct ContainerPort: Hashable, Sendable, Encodable, Comparable, CustomStringConvertible {
    /// 1 to 65535.
    package var number: Int
    /// The transport.
    package var transport: TransportProtocol

    /// Names a port.
    package init(_ number: Int, _ transport: TransportProtocol = .tcp) {
        self.number = number
        self.transport = transport
    }

    /// As the Engine API writes it, `80/tcp`.
    package var description: String { "\(number)/\(transport.rawValue)" }

    /// Orders by number, then transport.
    package static func < (left: Self, right: Self) -> Bool {
        (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
    }
}

/// A port of the host that leads to a service (one entry of Compose `ports`, ranges expanded).
package struct PublishedPort: Hashable, Sendable, Encodable {
    /// The port inside the container.
    package var target: ContainerPort
    /// The port of the host; nil lets Docker choose one per container.
    package var published: Int?
    /// The one address of the host that it is reached at; nil is all of them.
    package var hostAddress: String?

    /// Makes a published port.
    package init(target: ContainerPort, published: Int?, hostAddress: String? = nil) {
        self.target = target
        self.published = published
        self.hostAddress = hostAddress
    }
}
