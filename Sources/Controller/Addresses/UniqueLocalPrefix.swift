internal import Digests
internal import Platform

extension IPv6Subnet {
    /// A block of 64 bits for a network that no manifest gives one (RFC 4193, §3.1).
    ///
    /// `fd`, and 40 bits that the network's name makes instead of chance: the same on every host,
    /// and, as nothing routes such addresses between hosts, no worse for it.
    static func uniqueLocal(of network: String) -> IPv6Subnet {
        let digits = Digest(hashing: network.utf8).hex.prefix(10)
        let high = 0xFD << 56 | (UInt64(digits, radix: 16) ?? 0) << 16
        guard let subnet = IPv6Subnet(IPv6Address(high: high, low: 0), prefixLength: 64) else {
            preconditionFailure("64 bits are a prefix")
        }
        return subnet
    }
}
