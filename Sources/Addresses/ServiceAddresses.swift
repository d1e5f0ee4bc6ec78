internal import Digests

/// The fixed addresses at which callers inside an environment reach its services: one in each
/// network that a service joins, out of the network's own subnet.
///
/// The host holds them on the network's bridge, and the traffic table sends on what comes in there:
/// so a caller reaches what Docker's networks let it reach, and needs no route beyond its network.
package struct ServiceAddresses: Sendable {
    /// Whose address it is, and where; the network is named as Docker names it.
    package struct Key: Hashable, Sendable {
        package var environment: String
        package var service: String
        package var network: String

        package init(environment: String, service: String, network: String) {
            self.environment = environment
            self.service = service
            self.network = network
        }
    }

    package private(set) var assigned: [Key: IPv4Address]

    /// Begins with what is known from earlier.
    package init(assigned: [Key: IPv4Address] = [:]) {
        self.assigned = assigned
    }

    /// The addresses of a network that services have.
    package func all(on network: String) -> Set<IPv4Address> {
        Set(assigned.filter { $0.key.network == network }.values)
    }

    /// The address that goes with `key` in a subnet: the same as before, unless something in
    /// `taken` has it, or else one that the name chooses; nil where there is none left.
    ///
    /// Services get theirs from the top of the half that Berth assigns, containers from its bottom.
    /// Never one that Docker might give away, which is what lies in `range`.
    package mutating func address(
        _ key: Key,
        in subnet: IPv4Subnet,
        besides taken: Set<IPv4Address>,
        range: IPv4Subnet?
    ) -> IPv4Address? {
        let usable = subnet.usable
        func isFree(_ address: IPv4Address) -> Bool {
            subnet.contains(address) && usable.contains(address.rawValue - subnet.address.rawValue)
                && !taken.contains(address) && !(range?.contains(address) ?? false)
        }
        if let known = assigned[key], isFree(known) { return known }
        assigned[key] = nil
        let others = all(on: key.network)
        let count = UInt32(usable.count)
        let name = "\(key.environment)/\(key.service)"
        let digest = Digest(hashing: Array(name.utf8)).bytes
        let start = (UInt32(digest[0]) << 8 | UInt32(digest[1])) % max(count / 4, 1)
        let address = (0..<count).lazy
            .map { subnet[usable.upperBound - 1 - (start + $0) % count] }
            .first { isFree($0) && !others.contains($0) }
        assigned[key] = address
        return address
    }
}
