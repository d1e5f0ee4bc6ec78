/// One entry of `extra_hosts`: `name=address`, `name:address`, several addresses by commas.
struct ExtraHostText: Hashable, Sendable {
    /// The name to resolve.
    var name: String
    /// Its addresses.
    var addresses: [String]

    /// Splits an item of the list form.
    init(_ text: String) throws(TextError) {
        let separator: Character = text.contains("=") ? "=" : ":"
        guard let index = text.firstIndex(of: separator) else {
            throw TextError(
                "\(text.quoted) has no address",
                remedy: "write name=address, as in db=10.0.0.5 or host=host-gateway"
            )
        }
        let list = text[text.index(after: index)...]
        try self.init(
            name: String(text[..<index]),
            addresses: list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        )
    }

    /// Checks a name and its addresses.
    init(name: String, addresses: [String]) throws(TextError) {
        guard !name.isEmpty, !name.contains(where: { ":=".contains($0) }) else {
            throw TextError("\(name.quoted) is not a host name", remedy: "write name=address")
        }
        self.name = name
        self.addresses = addresses.map { address in
            let isBracketed =
                address.count > 2 && address.hasPrefix("[") && address.hasSuffix("]")
            return isBracketed ? String(address.dropFirst().dropLast()) : address
        }
    }

    /// The addresses that Docker would take: IP addresses and `host-gateway`.
    static func isAddress(_ text: String) -> Bool {
        text == "host-gateway" || IPAddressText.isAddress(text)
    }
}
