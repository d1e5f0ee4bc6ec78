package enum TransportProtocol: String, CaseIterable, Hashable, Sendable {
    case tcp, udp, sctp

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

    /// Reads a name, or the number that nft prints without /etc/protocols.
    init?(listed value: Any) {
        guard let name = value as? String else {
            guard let number = value as? Int else { return nil }
            self.init(number: number)
            return
        }
        self.init(rawValue: name)
    }
}

/// A port that a service's containers listen on.
package struct TargetPort: Hashable, Sendable {
    /// 1 to 65,535.
    package let number: UInt16
    package let transport: TransportProtocol

    package init(_ number: UInt16, _ transport: TransportProtocol) {
        self.number = number
        self.transport = transport
    }
}

extension TargetPort: CustomStringConvertible {
    package var description: String { "\(number)-\(transport.rawValue)" }

    init?(_ text: Substring) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt16(parts[0]),
            let transport = TransportProtocol(rawValue: String(parts[1]))
        else { return nil }
        self.init(number, transport)
        guard description == text else { return nil }
    }
}
