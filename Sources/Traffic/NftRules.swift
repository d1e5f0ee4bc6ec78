internal import Foundation

/// Reads `nft -j list ruleset` (libnftables-json(5)).
struct NftRules {
    private(set) var rules = ForeignRules()
    /// Tables with expressions that only iptables can show.
    private(set) var opaqueTables: Set<String> = []

    private typealias Object = [String: Any]

    /// The elements of named sets and maps, by table and name.
    private var sets: [ForeignRules.Place: [Any]] = [:]

    /// What cannot be read is skipped.
    static func parse(_ bytes: [UInt8]) -> Self {
        let document = try? JSONSerialization.jsonObject(with: Data(bytes))
        let list = ((document as? Object)?["nftables"] as? [Any] ?? []).compactMap { $0 as? Object }
        var reading = Self()
        for entry in list {
            for kind in ["set", "map"] {
                guard let set = entry[kind] as? Object, let place = place(set, "name") else {
                    continue
                }
                reading.sets[place] = set["elem"] as? [Any] ?? []
            }
        }
        for entry in list {
            if let chain = entry["chain"] as? Object, let start = start(chain) {
                reading.rules.starts.append(start)
            }
            if let rule = entry["rule"] as? Object, let place = place(rule, "chain") {
                reading.read(rule["expr"] as? [Any] ?? [], in: place)
            }
        }
        return reading
    }

    /// Nil for our own tables, and for those that see no packet of the host's.
    private static func place(_ object: Object, _ name: String) -> ForeignRules.Place? {
        guard let family = object["family"] as? String, let table = object["table"] as? String,
            let name = object[name] as? String, ["ip", "ip6", "inet"].contains(family)
        else { return nil }
        let words = "\(family) \(table)"
        guard !Family.allCases.contains(where: { $0.table == words }) else { return nil }
        return ForeignRules.Place(table: words, chain: name)
    }

    private static func start(_ chain: Object) -> ForeignRules.Start? {
        guard let place = place(chain, "name"), let priority = chain["prio"] as? Int,
            ["prerouting", "output"].contains(chain["hook"] as? String)
        else { return nil }
        return ForeignRules.Start(place: place, priority: priority)
    }

    /// Reads a rule from left to right, until its verdict.
    private mutating func read(_ expressions: [Any], in place: ForeignRules.Place) {
        var scope = Scope(ofTable: place.table)
        for case let expression as Object in expressions {
            guard let (kind, value) = expression.first else { continue }
            let object = value as? Object ?? [:]
            switch kind {
            case "match": match(object, in: place, &scope)
            case "vmap": return readMap(object, in: place, scope)
            case "dnat", "redirect", "tproxy":
                for target in object.values {
                    guard let map = (target as? Object)?["map"] as? Object else { continue }
                    let keys = elements(map["data"], in: place).map(Self.key)
                    scope.narrow(fields(map["key"]), to: keys)
                }
                return add(.translate, scope, to: place)
            case "jump", "goto":
                guard let name = object["target"] as? String else { return }
                return add(.jump(name), scope, to: place)
            case "accept", "drop", "return", "reject": return add(.end, scope, to: place)
            case "xt":
                opaqueTables.insert(place.table)
                guard ["DNAT", "REDIRECT", "TPROXY", "NETMAP"].contains(object["name"] as? String)
                else {
                    scope.isExact = false
                    continue
                }
                return add(.translate, scope, to: place)
            case "counter", "log", "mangle", "comment": break
            default: scope.isExact = false
            }
        }
    }

    private mutating func add(
        _ verdict: ForeignRules.Rule.Verdict,
        _ scope: Scope,
        to place: ForeignRules.Place
    ) {
        guard !scope.claims.isEmpty else { return }
        rules.rules[place, default: []].append(
            .init(claims: scope.claims, isExact: scope.isExact, verdict: verdict)
        )
    }

    /// A verdict map is a rule for each of its elements.
    private mutating func readMap(_ map: Object, in place: ForeignRules.Place, _ scope: Scope) {
        let fields = fields(map["key"])
        for element in elements(map["data"], in: place) {
            guard let pair = element as? [Any], pair.count == 2, let verdict = pair[1] as? Object
            else { continue }
            var own = scope
            own.narrow(fields, to: [Self.key(element)])
            for (kind, value) in verdict {
                if let name = (value as? Object)?["target"] as? String {
                    add(.jump(name), own, to: place)
                } else if ["accept", "drop", "return"].contains(kind) {
                    add(.end, own, to: place)
                }
            }
        }
    }

    private func match(_ match: Object, in place: ForeignRules.Place, _ scope: inout Scope) {
        let fields = fields(match["left"])
        let values = elements(match["right"], in: place)
        switch match["op"] as? String {
        case "==", "in": scope.narrow(fields, to: values)
        case "!=": scope.narrow(fields, besides: values)
        case let sign?: scope.narrow(fields, sign, values)
        case nil: scope.isExact = false
        }
    }

    private func fields(_ left: Any?) -> [PacketField] {
        let object = left as? Object ?? [:]
        if let parts = object["concat"] as? [Any] { return parts.flatMap(fields) }
        return [PacketField(object)]
    }

    /// The elements of a set, named or not, or the one value.
    private func elements(_ value: Any?, in place: ForeignRules.Place) -> [Any] {
        if let name = value as? String, name.hasPrefix("@") {
            let place = ForeignRules.Place(table: place.table, chain: String(name.dropFirst()))
            return sets[place] ?? []
        }
        guard let value else { return [] }
        return (value as? Object)?["set"] as? [Any] ?? [value]
    }

    private static func key(_ element: Any) -> Any { (element as? [Any])?.first ?? element }

    private struct Scope {
        var claims: [PortClaim]
        var isExact = true

        /// More are not kept apart.
        private static let mostClaims = 10_000

        init(ofTable table: String) {
            let addresses: NumberRanges<UInt128> =
                switch table.prefix(while: { $0 != " " }) {
                case "ip": PortClaim.four
                case "ip6": PortClaim.six
                default: .all
                }
            claims = [PortClaim.everything.limited(to: addresses)]
        }

        mutating func narrow(_ fields: [PacketField], to values: [Any]) {
            var claims: [PortClaim] = []
            if fields.count == 1, let field = fields.first {
                claims = [field.claim(of: values, &isExact)]
            } else {
                guard values.count <= Self.mostClaims else { return isExact = false }
                for value in values {
                    let parts = (NftValue.plain(value) as? Object)?["concat"] as? [Any] ?? []
                    let claim = zip(fields, parts).reduce(PortClaim.everything) { claim, part in
                        claim.intersection(part.0.claim(of: [part.1], &isExact))
                    }
                    claims.append(claim)
                }
            }
            keep(claims)
        }

        mutating func narrow(_ fields: [PacketField], besides values: [Any]) {
            guard fields.count == 1, let field = fields.first else { return isExact = false }
            var isKnown = true
            let claim = field.claim(of: values, &isKnown)
            guard isKnown else { return isExact = false }
            keep([field.complement(of: claim)])
        }

        /// `<`, `>` and their like, of ports.
        mutating func narrow(_ fields: [PacketField], _ sign: String, _ values: [Any]) {
            guard fields.count == 1, let field = fields.first, let bound = values.first as? Int,
                let bound = UInt16(exactly: bound)
            else { return isExact = false }
            let range: ClosedRange<Int>
            switch sign {
            case "<" where bound > 0: range = 0...Int(bound) - 1
            case "<=": range = 0...Int(bound)
            case ">" where bound < .max: range = Int(bound) + 1...Int(UInt16.max)
            case ">=": range = Int(bound)...Int(UInt16.max)
            default: return isExact = false
            }
            let value: Object = ["range": [range.lowerBound, range.upperBound]]
            keep([field.claim(of: [value], &isExact)])
        }

        private mutating func keep(_ others: [PortClaim]) {
            guard claims.count * others.count <= Self.mostClaims else { return isExact = false }
            claims = claims.flatMap { one in others.map(one.intersection) }.filter { !$0.isEmpty }
        }
    }
}
