internal import Digests
internal import Platform

/// The fixed address that callers inside an environment reach a service at.
///
/// The range is never on a link (RFC 2544's benchmarking block), so packets to it come to the host,
/// where the traffic table sends them on.
struct ServiceAddresses {
    /// `198.19.0.0/16`.
    static let range = IPv4Address(rawValue: 0xC613_0000)

    /// Addresses in use, by `environment/service`.
    private(set) var assigned: [String: IPv4Address]

    /// Begins with what is known from earlier.
    init(assigned: [String: IPv4Address] = [:]) {
        self.assigned = assigned
    }

    /// The service's address; the same as before, or else the one that its name hashes to, or the
    /// next that is free.
    mutating func address(of service: String, in environment: String) -> IPv4Address {
        let key = "\(environment)/\(service)"
        if let known = assigned[key] { return known }
        let taken = Set(assigned.values)
        let digest = Digest(hashing: Array(key.utf8)).bytes
        var offset = UInt32(digest[0]) << 8 | UInt32(digest[1])
        while true {
            let address = IPv4Address(rawValue: Self.range.rawValue | offset)
            // Neither the network's own address nor its broadcast.
            if offset > 0, offset < 0xFFFF, !taken.contains(address) || taken.count > 0xFFF0 {
                assigned[key] = address
                return address
            }
            offset = (offset + 1) & 0xFFFF
        }
    }
}
