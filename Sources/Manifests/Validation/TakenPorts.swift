internal import Addresses
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
        guard let address = address.flatMap({ IPAddress($0) })?.unmapped else {
            return [AddressRange("0.0.0.0/0"), AddressRange("::/0")].compactMap(\.self)
        }
        return [AddressRange(address.isAny ? "\(address)/0" : "\(address)")].compactMap(\.self)
    }
}
