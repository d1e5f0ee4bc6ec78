public import Platform

/// The verdict maps of our table.
enum TableMap: String, CaseIterable {
    /// Host ports bound to one address of the host.
    case addresses

    /// Services' own addresses, whatever the port and protocol.
    case services

    /// Host ports on all of the host's addresses.
    case ports

    /// Bridges whose containers we send traffic to.
    case bridges

    /// The types of the key's parts, as nft names them.
    var keyTypes: [String] {
        switch self {
        case .addresses: ["ipv4_addr", "inet_proto", "inet_service"]
        case .services: ["ipv4_addr"]
        case .ports: ["inet_proto", "inet_service"]
        case .bridges: ["ifname"]
        }
    }

    /// What of a packet is looked up, as `nft -f` reads it.
    var keyText: String {
        switch self {
        case .addresses: "ip daddr . meta l4proto . th dport"
        case .services: "ip daddr"
        case .ports: "meta l4proto . th dport"
        case .bridges: "oifname"
        }
    }

    /// What of a packet is looked up, as `nft -j list` prints it.
    var keyForm: String {
        let transportAndPort = "\(Clause.transportField),\(Clause.field("th", "dport"))"
        return switch self {
        case .addresses: #"{"concat":[\#(Clause.field("ip", "daddr")),\#(transportAndPort)]}"#
        case .services: Clause.field("ip", "daddr")
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
/// rewritten, let alone deleted, in daily work.
enum BaseChain: String, CaseIterable {
    /// Restates the martian rule that `route_localnet` relaxes (CVE-2020-8558).
    case guarded = "guard"

    case prerouting
    case output
    case postrouting

    /// Refuses what is for a service address that leads nowhere: see ``ServiceRange``.
    case refuseForward = "refuse-forward"
    case refuseOutput = "refuse-output"

    /// NAT runs before Docker's, netavark's and kube-proxy's -100: the first mapping wins.
    var hook: Hook {
        switch self {
        case .guarded: Hook(type: "filter", hook: "prerouting", priority: -310)
        case .prerouting: Hook(type: "nat", hook: "prerouting", priority: -110)
        case .output: Hook(type: "nat", hook: "output", priority: -110)
        case .postrouting: Hook(type: "nat", hook: "postrouting", priority: 90)
        case .refuseForward: Hook(type: "filter", hook: "forward", priority: -10)
        case .refuseOutput: Hook(type: "filter", hook: "output", priority: -10)
        }
    }

    /// The chain's rules, in order.
    ///
    /// `addresses` before `ports`: what is published on one of the host's addresses wins over what
    /// is published on all of them.
    var rules: [Rule] {
        switch self {
        case .guarded:
            [
                Rule(.inputInterfaceIsNot("lo"), .destination(Self.loopback), .drop),
                Rule(.inputInterfaceIsNot("lo"), .source(Self.loopback), .drop),
            ]
        case .prerouting, .output:
            [
                Rule(.lookup(.addresses)), Rule(.lookup(.services)),
                Rule(.destinationIsLocal, .lookup(.ports)),
            ]
        case .postrouting: [Rule(.isTranslated, .lookup(.bridges))]
        case .refuseForward, .refuseOutput: [Rule(.destination(ServiceRange.subnet), .reject)]
        }
    }

    static let loopback = ServiceRange.require("127.0.0.0/8")
}

/// The range that services' fixed addresses come from.
///
/// No link ever carries the range, so packets for it come to the host, which translates them.
/// A service without a backend would send them on to the default gateway, where callers wait for
/// minutes; they are refused instead, as a closed port would be.
public enum ServiceRange {
    /// 198.19.0.0/16: the upper half of the block that RFC 2544 reserves for benchmarks.
    public static let subnet = require("198.19.0.0/16")

    static func require(_ text: String) -> IPv4Subnet {
        guard let subnet = IPv4Subnet(text) else { preconditionFailure("\(text) is no subnet") }
        return subnet
    }
}
