package import Addresses

/// A family of addresses, as nftables names it: our table stands once in each that is in use.
///
/// The table of IPv4 is the record of which containers serve.
/// That of IPv6 follows from it: only host ports route to containers there, by the addresses that
/// go with those of IPv4 (see ``Network/subnet6``).
enum Family: String, CaseIterable {
    case ip
    case ip6

    var table: String { "\(rawValue) berth" }
}

/// The maps of our table, from what a packet says to the chain that it goes to, and its one set.
enum TableMap: String {
    /// Host ports bound to one address of the host.
    case addresses

    /// Services' own addresses by the bridge that callers come in by, whatever the port and
    /// protocol; they are of IPv4.
    case services

    /// The same addresses without the bridge, a set: there is no other way to them.
    case reserved

    /// Host ports on all of the host's addresses.
    case ports

    /// Bridges whose containers we send traffic to.
    case bridges

    static func all(in family: Family) -> [TableMap] {
        switch family {
        case .ip: [.addresses, .services, .reserved, .ports, .bridges]
        case .ip6: [.addresses, .ports, .bridges]
        }
    }

    func keyTypes(in family: Family) -> [String] {
        let address = family == .ip ? "ipv4_addr" : "ipv6_addr"
        return switch self {
        case .addresses: [address, "inet_proto", "inet_service"]
        case .services: ["ifname", address]
        case .reserved: [address]
        case .ports: ["inet_proto", "inet_service"]
        case .bridges: ["ifname"]
        }
    }

    /// What of a packet is looked up, as `nft -f` reads it.
    func keyText(in family: Family) -> String {
        switch self {
        case .addresses: "\(family.rawValue) daddr . meta l4proto . th dport"
        case .services: "iifname . \(family.rawValue) daddr"
        case .reserved: "\(family.rawValue) daddr"
        case .ports: "meta l4proto . th dport"
        case .bridges: "oifname"
        }
    }

    /// What of a packet is looked up, as `nft -j list` prints it.
    func keyForm(in family: Family) -> String {
        let address = Clause.field(family.rawValue, "daddr")
        let transportAndPort = "\(Clause.transportField),\(Clause.field("th", "dport"))"
        return switch self {
        case .addresses: #"{"concat":[\#(address),\#(transportAndPort)]}"#
        case .services: #"{"concat":[{"meta":{"key":"iifname"}},\#(address)]}"#
        case .reserved: address
        case .ports: #"{"concat":[\#(transportAndPort)]}"#
        case .bridges: #"{"meta":{"key":"oifname"}}"#
        }
    }
}

/// Where the kernel calls a base chain.
struct Hook: Equatable {
    let type: String
    let hook: String
    let priority: Int
    var policy = "accept"
}

/// The base chains of our table; they are the same for every environment and never change.
///
/// What belongs to one environment hangs below the maps, in chains that carry its name: so two
/// controllers share the table without touching each other's rules, and no base chain is ever
/// rewritten or deleted while nothing tampers with it.
enum BaseChain: String {
    /// Restates the martian rule that `route_localnet` relaxes (CVE-2020-8558).
    case guarded = "guard"

    case prerouting
    case output
    case postrouting

    /// Refuses what is for a service address and was not translated: no backend serves there, or
    /// the caller did not come by the address's bridge.
    case refuseInput = "refuse-input"

    /// Refuses what is for an address of ``FormerRange`` that is not routed.
    case refuseForward = "refuse-forward"
    case refuseOutput = "refuse-output"

    /// The base chains that a family's table has.
    ///
    /// In IPv6 there is nothing to guard, as no bridge lets ::1 through, and nothing to refuse.
    static func all(in family: Family) -> [BaseChain] {
        switch family {
        case .ip:
            [
                .guarded, .prerouting, .output, .postrouting, .refuseInput, .refuseForward,
                .refuseOutput,
            ]
        case .ip6: [.prerouting, .output, .postrouting]
        }
    }

    /// NAT runs before Docker's, netavark's and kube-proxy's -100: the first mapping wins.
    var hook: Hook {
        switch self {
        case .guarded: Hook(type: "filter", hook: "prerouting", priority: -310)
        case .prerouting: Hook(type: "nat", hook: "prerouting", priority: -110)
        case .output: Hook(type: "nat", hook: "output", priority: -110)
        case .postrouting: Hook(type: "nat", hook: "postrouting", priority: 90)
        case .refuseInput: Hook(type: "filter", hook: "input", priority: -10)
        case .refuseForward: Hook(type: "filter", hook: "forward", priority: -10)
        case .refuseOutput: Hook(type: "filter", hook: "output", priority: -10)
        }
    }

    /// The chain's rules, in order.
    ///
    /// `addresses` before `ports`: what is published on one of the host's addresses wins over what
    /// is published on all of them.
    /// Both only for addresses that the host has: a rule for any other would take traffic that is
    /// on its way elsewhere.
    /// A service address is one of the host's, too, but no host port is served there.
    func rules(in family: Family) -> [Rule] {
        switch (self, family) {
        case (.guarded, _):
            [
                Rule(.inputInterfaceIsNot("lo"), .destination(Self.loopback), .drop),
                Rule(.inputInterfaceIsNot("lo"), .source(.four(Self.loopback)), .drop),
            ]
        case (.prerouting, .ip):
            [Rule(.lookup(.services, .ip))] + Self.hostPorts
        case (.output, .ip): Self.hostPorts
        case (.prerouting, .ip6), (.output, .ip6):
            // The kernel sends nothing from ::1 over a bridge: better refused than unanswered, so
            // that a caller of localhost goes on to 127.0.0.1.
            [TableMap.addresses, .ports].map {
                Rule(.destinationIsNot(.loopback), .destinationIsLocal, .lookup($0, .ip6))
            }
        case (.postrouting, _): [Rule(.isTranslated, .lookup(.bridges, family))]
        case (.refuseInput, _):
            // The kernel limits how many unreachables one caller gets, but not its resets.
            // A reset for the host's own caller comes in here, too, and is nothing new.
            [
                Rule(.isReserved, .isNew, .reset),
                Rule(.isReserved, .isNew, .transport(.udp), .reject),
            ]
        case (.refuseForward, _), (.refuseOutput, _):
            [Rule(.destination(FormerRange.subnet), .reject)]
        }
    }

    private static let hostPorts = [
        Rule(.isReserved, .return),
        Rule(.destinationIsLocal, .lookup(.addresses, .ip)),
        Rule(.destinationIsLocal, .lookup(.ports, .ip)),
    ]

    static let loopback = IPv4Subnet.literal("127.0.0.0/8")
}

/// The range that services' addresses came from at first: one for all networks.
///
/// Containers created then may hold such addresses until they are replaced, so the entry points
/// stay for what comes by the environment's own bridges.
/// What is not routed is refused, as a closed port would be; it would go to the default gateway.
package enum FormerRange {
    /// The upper half of the block that RFC 2544 reserves for benchmarks.
    package static let subnet = IPv4Subnet.literal("198.19.0.0/16")
}
