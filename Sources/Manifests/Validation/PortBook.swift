internal import Addresses
internal import Model

/// Which ports of a host are taken, and by which service.
struct PortBook {
    private struct Slot: Hashable {
        var port: Int
        var transport: TransportProtocol
    }

    /// Where on the host a port is published.
    private enum Place: Hashable {
        case everywhere
        case family(isSix: Bool)
        case one(IPAddress)

        init(_ address: String?) {
            guard let address = address.flatMap({ IPAddress($0) })?.unmapped else {
                self = .everywhere
                return
            }
            self = address.isAny ? .family(isSix: address.isIPv6) : .one(address)
        }

        /// Whether one connection could be meant for both.
        func overlaps(_ other: Self) -> Bool {
            switch (self, other) {
            case (.everywhere, _), (_, .everywhere): true
            case (.one(let one), .one(let two)): one == two
            case (.family(let one), .family(let two)): one == two
            case (.family(let isSix), .one(let one)), (.one(let one), .family(let isSix)):
                one.isIPv6 == isSix
            }
        }
    }

    private struct Entry {
        let place: Place
        let owner: String
    }

    private var entries: [Slot: [Entry]] = [:]

    /// Takes a port; gives the owner where it is taken already, at whichever of its addresses.
    mutating func add(_ port: PublishedPort, owner: String) -> String? {
        guard let published = port.published else { return nil }
        let slot = Slot(port: published, transport: port.target.transport)
        let place = Place(port.hostAddress)
        if let taken = entries[slot]?.first(where: { $0.place.overlaps(place) }) {
            return taken.owner
        }
        entries[slot, default: []].append(Entry(place: place, owner: owner))
        return nil
    }
}
