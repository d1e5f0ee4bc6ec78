internal import Model

/// Which ports of a host are taken, and by which service.
struct TakenPorts {
    private struct Slot: Hashable {
        var port: Int
        var transport: TransportProtocol
    }

    /// Where on the host a port is published.
    private enum Place: Hashable {
        case everywhere
        case family(isSix: Bool)
        /// The 16 bytes of an address; those of IPv4 are mapped.
        case one([UInt8], isSix: Bool)

        init(_ address: String?) {
            guard let bytes = address.flatMap(IPAddressText.mappedBytes) else {
                self = .everywhere
                return
            }
            let isSix = bytes.prefix(12) != IPAddressText.mapped[...]
            let isAny = (isSix ? bytes[...] : bytes.suffix(4)).allSatisfy { $0 == 0 }
            self = isAny ? .family(isSix: isSix) : .one(bytes, isSix: isSix)
        }

        /// Whether one connection could be meant for both.
        func overlaps(_ other: Self) -> Bool {
            switch (self, other) {
            case (.everywhere, _), (_, .everywhere): true
            case (.one(let one, _), .one(let two, _)): one == two
            case (.family(let one), .family(let two)), (.family(let one), .one(_, let two)),
                (.one(_, let one), .family(let two)):
                one == two
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
