/// A transport protocol that traffic rules tell apart.
package enum TransportProtocol: String, CaseIterable, Hashable, Sendable {
    /// Transmission Control Protocol.
    case tcp

    /// User Datagram Protocol.
    case udp

    /// Stream Control Transmission Protocol.
    case sctp

    /// The number in the IP header, as assigned by IANA.
    var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }

    init?(number: Int) {
        guard let match = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = match
    }
}
