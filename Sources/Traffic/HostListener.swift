public import Platform

/// A socket of the host that waits for connections or datagrams.
///
/// Translation comes before delivery, so rules for its port would take its traffic away without a
/// word: such a port is not free.
public struct HostListener: Hashable, Sendable {
    /// The port it waits at.
    public let port: UInt16

    /// The protocol it waits for.
    public let transport: TransportProtocol

    /// The IPv4 address it waits at; 0.0.0.0 for all of them.
    public let address: IPv4Address

    /// The kernel's number of the socket.
    public let inode: UInt64
}

extension HostListener {
    /// Tells whether rules for a way in would take this socket's traffic away, of IPv4.
    public func blocks(_ entrance: Entrance, _ transport: TransportProtocol) -> Bool {
        guard transport == self.transport else { return false }
        return switch entrance {
        case .hostPort(let port): port == self.port
        case .address(let address, let port):
            port == self.port && (self.address.rawValue == 0 || self.address == address)
        case .hostPort6, .address6, .service: false
        }
    }

    /// Reads /proc/net/tcp or its kin (proc(5)): the sockets that would get IPv4 traffic.
    ///
    /// Of TCP the listening ones, of UDP those that are not connected to one peer.
    /// Sockets of IPv6 count where they wait at all addresses, as most of these serve IPv4 too, or
    /// at an IPv4 address in IPv6's clothes (::ffff:0:0/96).
    /// Lines that make no sense are passed over.
    static func parse(_ table: String, _ transport: TransportProtocol) -> [Self] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            let waiting = transport == .tcp ? "0A" : "07"  // TCP_LISTEN, TCP_CLOSE
            guard fields.count > 9, fields[3] == waiting, let inode = UInt64(fields[9]) else {
                return nil
            }
            let parts = fields[1].split(separator: ":")
            guard parts.count == 2, let port = UInt16(parts[1], radix: 16), port > 0,
                let address = address(parts[0])
            else { return nil }
            return Self(port: port, transport: transport, address: address, inode: inode)
        }
    }

    /// Reads an address, which is printed as numbers of 32 bits in the host's byte order.
    private static func address(_ text: Substring) -> IPv4Address? {
        let starts = stride(from: 0, to: text.utf8.count, by: 8)
        let words = starts.compactMap { UInt32(text.dropFirst($0).prefix(8), radix: 16) }
            .map(UInt32.init(bigEndian:))
        switch words.count * 8 == text.utf8.count ? words : [] {
        case let four where four.count == 1: return IPv4Address(rawValue: four[0])
        case [0, 0, 0, 0]: return IPv4Address(rawValue: 0)
        case let six where six.count == 4 && six[0] == 0 && six[1] == 0 && six[2] == 0xFFFF:
            return IPv4Address(rawValue: six[3])
        default: return nil
        }
    }
}
