/// One item of a list that stands for a map: `KEY=value`, or `KEY` without a value.
struct KeyValueText: Hashable, Sendable {
    var key: String
    /// What stands behind it; nil where there is no `=`.
    var value: String?

    init(_ text: String) {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            key = text
            return
        }
        key = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
    }
}

/// One entry of `extra_hosts`: `name=address`, `name:address`, several addresses by commas.
struct ExtraHostText: Hashable, Sendable {
    var name: String
    var addresses: [String]

    init(_ text: String) throws(TextError) {
        let separator: Character = text.contains("=") ? "=" : ":"
        guard let index = text.firstIndex(of: separator) else {
            throw TextError("\(text.quoted) has no address")
                .with(remedy: "write name=address, as in db=10.0.0.5 or host=host-gateway")
        }
        let list = text[text.index(after: index)...]
        try self.init(
            name: String(text[..<index]),
            addresses: list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        )
    }

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
