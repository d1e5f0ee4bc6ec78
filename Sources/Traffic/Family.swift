/// A family of addresses, as nftables names it: our table stands once in each that is in use.
///
/// The table of IPv4 is the record of who serves.
/// That of IPv6 follows from it: only host ports lead to containers there, by the addresses that
/// go with those of IPv4 (see ``Network/subnet6``).
enum Family: String, CaseIterable {
    case ip
    case ip6

    /// The table of the family, as nft's statements name it.
    var table: String { "\(rawValue) berth" }
}
