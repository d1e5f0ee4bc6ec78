internal import Foundation
public import Platform

/// A rule of somebody else's that sends all callers of a host port elsewhere.
public struct ForeignTranslation: Hashable, Sendable {
    /// The table it stands in, as `ip nat`.
    public let table: String

    /// The chain it stands in.
    public let chain: String

    /// The protocol it looks for.
    public let transport: TransportProtocol

    /// The ports it looks for.
    public let ports: [ClosedRange<Int>]

    /// The one address it looks for; nil for all of the host's.
    public let address: IPv4Address?
}

extension ForeignTranslation {
    /// Tells whether the rule and one of ours would lead the same callers to different places.
    ///
    /// `isHost` tells the host's own addresses: what a router translates for others is no claim.
    /// Only rules for IPv4 are read.
    func claims(
        _ entrance: Entrance,
        _ transport: TransportProtocol,
        isHost: (IPv4Address) -> Bool
    ) -> Bool {
        guard transport == self.transport else { return false }
        let has = { (port: UInt16) in ports.contains { $0.contains(Int(port)) } }
        return switch entrance {
        case .hostPort(let port): has(port) && address.map(isHost) ?? true
        case .address(let address, let port): has(port) && (self.address ?? address) == address
        case .hostPort6, .address6, .service: false
        }
    }

    /// Reads `nft -j list ruleset` (libnftables-json(5)).
    ///
    /// Only rules in chains that the kernel itself calls for NAT are read, and only those that look
    /// at nothing but protocol, port and the host's address: one that looks at more, an interface
    /// for instance, takes a part of the callers and may well be meant to stand beside ours.
    static func parse(_ bytes: [UInt8]) -> [Self] {
        let document = try? JSONSerialization.jsonObject(with: Data(bytes))
        guard let root = document as? [String: Any], let list = root["nftables"] as? [Any] else {
            return []
        }
        var chains: Set<[String]> = []
        var translations: [Self] = []
        for case let entry as [String: Any] in list {
            if let chain = entry["chain"] as? [String: Any], chain["type"] as? String == "nat",
                ["prerouting", "output"].contains(chain["hook"] as? String ?? "")
            {
                chains.insert(place(chain, "name"))
            }
            if let rule = entry["rule"] as? [String: Any], chains.contains(place(rule, "chain")) {
                translations += read(rule).map { [$0] } ?? []
            }
        }
        return translations
    }

    private static func place(_ object: [String: Any], _ name: String) -> [String] {
        [object["family"], object["table"], object[name]].map { $0 as? String ?? "" }
    }

    private static func read(_ rule: [String: Any]) -> Self? {
        let place = place(rule, "chain")
        let table = "\(place[0]) \(place[1])"
        guard ["ip", "inet"].contains(place[0]), table != Family.ip.table else { return nil }
        var ports: [ClosedRange<Int>]?
        var transport: TransportProtocol?
        var address: IPv4Address?
        var isTranslation = false
        for case let expression as [String: Any] in rule["expr"] as? [Any] ?? [] {
            guard let (kind, value) = expression.first else { return nil }
            switch kind {
            case "dnat", "redirect": isTranslation = true
            case "xt":
                // A rule of iptables, whose verdict nft passes on by name alone.
                let name = (value as? [String: Any])?["name"] as? String ?? ""
                guard ["DNAT", "REDIRECT"].contains(name) else { return nil }
                isTranslation = true
            case "counter", "log": break
            case "match":
                guard let match = value as? [String: Any], match["op"] as? String == "==" else {
                    return nil
                }
                switch Match(match) {
                case .port(let name, let found): (transport, ports) = (name ?? transport, found)
                case .transport(let found): transport = found
                case .address(let found): address = found
                case .local: break
                case nil: return nil
                }
            default: return nil
            }
        }
        guard isTranslation, let ports, let transport else { return nil }
        return Self(
            table: table,
            chain: place[2],
            transport: transport,
            ports: ports,
            address: address
        )
    }

    /// What a rule looks at, as far as that leaves all callers of a port in.
    private enum Match {
        case port(TransportProtocol?, [ClosedRange<Int>])
        case transport(TransportProtocol)
        case address(IPv4Address)
        case local

        init?(_ match: [String: Any]) {
            guard let left = (match["left"] as? [String: Any])?.first,
                let field = left.value as? [String: Any], let right = match["right"]
            else { return nil }
            let words = [left.key, field["protocol"] as? String, field["field"] as? String]
            switch words {
            case ["payload", "tcp", "dport"], ["payload", "udp", "dport"],
                ["payload", "th", "dport"]:
                guard let ports = Self.ports(right) else { return nil }
                self = .port(TransportProtocol(rawValue: words[1] ?? ""), ports)
            case ["payload", "ip", "daddr"]:
                guard let address = (right as? String).flatMap({ IPv4Address($0) }) else {
                    return nil
                }
                self = .address(address)
            case ["payload", "ip", "protocol"], ["meta", nil, nil]:
                let isProtocol = field["key"].map { $0 as? String == "l4proto" } ?? true
                guard isProtocol, let name = right as? String,
                    let transport = TransportProtocol(rawValue: name)
                else { return nil }
                self = .transport(transport)
            case ["fib", nil, nil] where right as? String == "local": self = .local
            default: return nil
            }
        }

        private static func ports(_ value: Any) -> [ClosedRange<Int>]? {
            if let port = value as? Int { return [port...port] }
            let object = value as? [String: Any]
            if let range = object?["range"] as? [Int], range.count == 2, range[0] <= range[1] {
                return [range[0]...range[1]]
            }
            guard let set = object?["set"] as? [Any] else { return nil }
            return set.flatMap { ports($0) ?? [] }
        }
    }
}

extension TrafficDirector {
    /// The first rule of others, in whatever table, that claims each of these ways in; nil for
    /// those that nobody claims.
    public func foreignTranslations(
        claiming entrances: [(entrance: Entrance, transport: TransportProtocol)]
    ) async throws(TrafficError) -> [ForeignTranslation?] {
        let operation = "Listing the rules of others"
        let output = try await run(operation, command(["-j", "list", "ruleset"]))
        let translations = ForeignTranslation.parse(output.standardOutput)
        return try await onHost(operation) { () throws(TrafficError) in
            let host = HostAddresses.current()
            return entrances.map { entrance, transport in
                translations.first {
                    $0.claims(entrance, transport) { host.contains(.four($0)) }
                }
            }
        }
    }
}
