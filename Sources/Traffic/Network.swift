package import Addresses

/// A bridge whose containers we send traffic to.
package struct Network: Hashable, Sendable {
    package let environment: String
    /// The interface's name, such as `br-prod`.
    package let bridge: String
    /// The addresses of the containers behind it.
    package let subnet: IPv4Subnet
    /// Their addresses of IPv6, where they have any.
    ///
    /// A container's ends with its address of IPv4 (``Addresses/Subnet/embedding(_:)``), so that
    /// each follows from the other; a prefix of more than 96 bits leaves no room for that.
    package let subnet6: IPv6Subnet?
    /// Subnets of networks that containers move between, this one and those.
    ///
    /// Callers there reach services here by their own addresses for them, and the other way round.
    package let siblings: [IPv4Subnet]
    /// Whether Docker keeps it apart from everything outside.
    package let isInternal: Bool

    package init(
        environment: String,
        bridge: String,
        subnet: IPv4Subnet,
        subnet6: IPv6Subnet? = nil,
        siblings: [IPv4Subnet] = [],
        isInternal: Bool = false
    ) {
        self.environment = NamePart.part(environment)
        self.bridge = bridge
        self.subnet = subnet
        self.subnet6 = subnet6
        self.siblings = siblings
        self.isInternal = isInternal
    }

    /// The address of IPv6 that goes with a container's of IPv4; nil where it has none here.
    package func address6(of container: IPv4Address) -> IPv6Address? {
        guard subnet.contains(container) else { return nil }
        return subnet6?.embedding(container)
    }

    /// All addresses of a container on one of these networks, of both families.
    static func addresses(of container: IPv4Address, on networks: [Network]) -> [IPAddress] {
        [.four(container)] + networks.compactMap { $0.address6(of: container).map(IPAddress.six) }
    }

    func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .four(let address): subnet.contains(address)
        case .six(let address): subnet6?.contains(address) ?? false
        }
    }

    /// The name of the chain with the bridge's rules: `net/<environment>/<bridge>`.
    var chain: String { "\(Self.prefix)/\(environment)/\(bridge)" }

    /// Replies must come back through us to be translated back.
    ///
    /// They would not where the caller is 127.0.0.1 (the container would answer itself) or sits on
    /// the same network (the reply would go straight to it), so both appear as the bridge's
    /// address.
    /// So do callers on a sibling: a container may have its way out over another network.
    ///
    /// Before that, the kernel is told how long to remember each TCP connection:
    /// ``ConntrackTimeout``.
    func rules(in family: Family) -> [Rule] {
        let callers =
            switch family {
            case .ip:
                ([BaseChain.loopback, subnet] + siblings).map(IPSubnet.four)
            case .ip6: [subnet6].compactMap { $0.map(IPSubnet.six) }
            }
        return [Rule(.transport(.tcp), .setConntrackTimeout)]
            + callers.map { Rule(.source($0), .masquerade) }
    }

    /// The environment that a chain's name of this form speaks of; nil for other names.
    static func environment(ofChain name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == prefix else { return nil }
        return String(parts[1])
    }

    /// Whether the kernel allows `name` and nft reads it as one name (`*` is a wildcard).
    static func isInterfaceName(_ name: String) -> Bool {
        let marks = Set("-_.")
        return (1...15).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) }
    }

    private static let prefix = "net"
}
