internal import Model

/// Which ports of a host are taken, and by whom.
struct PortBook {
    private struct Slot: Hashable {
        var port: Int
        var transport: TransportProtocol
    }

    private struct Owners {
        /// Whoever took the port on all addresses.
        var everywhere: String?
        /// Whoever took it on any address first.
        var first: String
        /// Who took it on which address.
        var byAddress: [String: String] = [:]
    }

    private var owners: [Slot: Owners] = [:]

    /// Takes a port; gives the owner where it is taken already.
    mutating func add(_ port: PublishedPort, owner: String) -> String? {
        guard let published = port.published else { return nil }
        let slot = Slot(port: published, transport: port.target.transport)
        let address = Self.address(port.hostAddress)
        if let taken = owners[slot] {
            if let other = taken.everywhere { return other }
            guard let address else { return taken.first }
            if let other = taken.byAddress[address] { return other }
        }
        if let address {
            owners[slot, default: Owners(first: owner)].byAddress[address] = owner
        } else {
            owners[slot] = Owners(everywhere: owner, first: owner)
        }
        return nil
    }

    /// The one address; nil is all of them.
    private static func address(_ text: String?) -> String? {
        text == "0.0.0.0" || text == "::" ? nil : text
    }
}
