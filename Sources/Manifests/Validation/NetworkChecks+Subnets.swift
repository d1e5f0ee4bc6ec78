internal import Addresses
internal import Model

/// Which addresses networks take, for the host sends what goes there to their bridges.
extension NetworkChecks {
    private static let widest = (four: 8, six: 32)

    /// Reports subnets that no network can have, those that belong to others and are not granted,
    /// and addresses that lie outside their subnet.
    mutating func checkSubnets(_ key: String, _ value: ComposeValue, of members: [Service]) {
        var earlier: [AddressRange] = []
        for (index, pool) in (value["ipam"]?["config"]?.list ?? []).enumerated() {
            guard let text = pool["subnet"]?.string, let subnet = AddressRange(text) else {
                continue
            }
            let field = "networks.\(key).ipam.config[\(index)]"
            let place = pool["subnet"]?.origin.location
            if let error = Self.problem(of: subnet, text, besides: earlier) {
                problems.report(error, at: place, field: "\(field).subnet")
            } else if subnet.isTooSmall, !members.isEmpty {
                let error = TextError("\(text) has no address for a container")
                    .with(remedy: "give a prefix of at most \(subnet.isIPv6 ? 126 : 30) bits")
                problems.report(error, at: place, field: "\(field).subnet")
            } else if !AddressRange.local.contains(where: { $0.contains(subnet) }),
                !file.policy.subnets.contains(where: { $0.contains(subnet) }), !members.isEmpty
            {
                let message = "the public addresses \(text) are not granted"
                let key = "\(field).subnet"
                problems.refuse(
                    message,
                    entry: text,
                    in: "subnets",
                    of: file,
                    at: place,
                    field: key
                )
            }
            for name in ["gateway", "ip_range"] {
                guard let part = pool[name], let range = part.string.flatMap({ AddressRange($0) }),
                    !subnet.contains(range)
                else { continue }
                let error = TextError("\(part.string ?? "") is not in \(text)")
                problems.report(error, at: part.origin.location, field: "\(field).\(name)")
            }
            if let part = pool["gateway"], let word = part.string.flatMap(subnet.end) {
                let error = TextError(
                    "\(part.string ?? "") is \(word) \(text), and cannot be the gateway's",
                    remedy: "take another address, or remove gateway"
                )
                problems.report(error, at: part.origin.location, field: "\(field).gateway")
            }
            earlier.append(subnet)
        }
        checkFixedAddresses(key, value, earlier, of: members)
    }

    private static func problem(
        of subnet: AddressRange,
        _ text: String,
        besides others: [AddressRange]
    ) -> TextError? {
        if subnet.isInexact {
            return TextError("\(text) starts in the middle of a subnet, which Docker refuses")
                .with(remedy: "write the subnet's first address")
        }
        let taken = AddressRange.special + AddressRange.former
        if let special = taken.first(where: { $0.overlaps(subnet) }) {
            let range = special.isIPv6 ? "IPv6" : "IPv4"
            return TextError("\(text) is or contains a special range of \(range)")
                .with(remedy: "take one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fd00::/8")
        }
        let widest = subnet.isIPv6 ? widest.six : widest.four
        if subnet.prefixLength < widest {
            return TextError("\(text) is too wide")
                .with(remedy: "give a prefix of at least \(widest) bits")
        }
        guard others.contains(where: { $0.overlaps(subnet) }) else { return nil }
        return TextError("\(text) overlaps another subnet of the network", remedy: "remove one")
    }

    /// A fixed address has to be in a subnet that the network fixes, too.
    private mutating func checkFixedAddresses(
        _ key: String,
        _ value: ComposeValue,
        _ subnets: [AddressRange],
        of members: [Service]
    ) {
        guard value["external"] == nil else { return }
        let gateways = (value["ipam"]?["config"]?.list ?? []).compactMap {
            $0["gateway"]?.string.flatMap { AddressRange($0) }
        }
        for service in members {
            guard case .networks(let attachments) = service.container.network else { continue }
            for attachment in attachments where attachment.network == key {
                for text in [attachment.ipv4Address, attachment.ipv6Address].compactMap(\.self) {
                    guard let address = AddressRange(text) else { continue }
                    let error: TextError
                    if let subnet = subnets.first(where: { $0.contains(address) }) {
                        let word = gateways.contains(address) ? "the gateway of" : nil
                        guard let word = word ?? subnet.end(text) else { continue }
                        error = TextError("\(text) is \(word) the network \(key)")
                            .with(remedy: "take another address of it")
                    } else {
                        error = TextError("no subnet of the network \(key) has the address \(text)")
                            .with(remedy: "add one under networks.\(key).ipam.config")
                    }
                    let place = service.origins["networks.\(key)"] ?? service.location
                    let field = "services.\(service.name).networks.\(key)"
                    problems.report(error, at: place, field: field)
                }
            }
        }
    }
}

extension AddressRange {
    /// Whether no address is left beside the network's own, the gateway's and the broadcast's.
    fileprivate var isTooSmall: Bool { prefixLength > subnet.bits - 2 }

    /// What an address is that no machine in the subnet can have, in words; nil for all others.
    ///
    /// IPv6 has no broadcast, and its first address is that of all routers (RFC 4291 §2.6.1).
    fileprivate func end(_ text: String) -> String? {
        guard let address = AddressRange(text), contains(address), !isTooSmall else { return nil }
        if address.subnet.first == subnet.first { return "the first address of" }
        guard !isIPv6, address.subnet.first == subnet.last else { return nil }
        return "the broadcast address of"
    }

}
