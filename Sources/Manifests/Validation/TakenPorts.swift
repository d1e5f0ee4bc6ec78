internal import Model

struct TakenPorts {
    private struct Slot: Hashable {
        var port: Int
        var transport: TransportProtocol
    }

    private var entries: [Slot: [(ranges: [AddressRange], owner: String)]] = [:]

    /// Takes a port; gives the owner where it is taken already, at whichever of its addresses.
    mutating func add(_ port: PublishedPort, owner: String) -> String? {
        guard let published = port.published else { return nil }
        let slot = Slot(port: published, transport: port.target.transport)
        let ranges = Self.ranges(port.hostAddress)
        let taken = entries[slot]?.first { taken in
            taken.ranges.contains { range in ranges.contains { $0.overlaps(range) } }
        }
        if let taken { return taken.owner }
        entries[slot, default: []].append((ranges, owner))
        return nil
    }

    /// The addresses at which a port is published, mapped ones as those of IPv4.
    private static func ranges(_ address: String?) -> [AddressRange] {
        guard var bytes = address.flatMap(IPAddressText.bytes) else {
            return [AddressRange("0.0.0.0/0"), AddressRange("::/0")].compactMap(\.self)
        }
        if bytes.count == 16, bytes.starts(with: IPAddressText.mapped) { bytes.removeFirst(12) }
        let isAny = bytes.allSatisfy { $0 == 0 }
        return [AddressRange(bytes, prefixLength: isAny ? 0 : bytes.count * 8)]
    }
}
