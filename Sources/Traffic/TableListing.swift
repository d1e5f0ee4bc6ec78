internal import Addresses
internal import Foundation

/// Reads what `nft -j list table` prints of our table in one family (libnftables-json(5)).
struct TableListing {
    enum Problem: String, Error {
        case notJSON = "the listing is not JSON"
        case noList = "the listing has no list \"nftables\""
    }

    private static let foreignLimit = 100

    private let family: Family
    private var table = FamilyTable()
    private var addresses: [String: [IPv4Address?]] = [:]
    private var foreign: [String] = []

    private init(of family: Family) { self.family = family }

    /// Reads a listing of each family that has the table; objects of kinds we know nothing of are
    /// noted as foreign.
    static func parse(_ listings: [Family: [UInt8]]) throws(Problem) -> ObservedTable {
        var tables: [TableListing] = []
        for (family, bytes) in listings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            tables.append(try parse(bytes, in: family))
        }
        return observed(tables)
    }

    private static func parse(_ bytes: [UInt8], in family: Family) throws(Problem) -> TableListing {
        guard let document = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            throw .notJSON
        }
        guard let root = document as? [String: Any], let list = root["nftables"] as? [Any] else {
            throw .noList
        }
        var listing = TableListing(of: family)
        for case let entry as [String: Any] in list {
            for (kind, value) in entry { listing.read(kind, value as? [String: Any] ?? [:]) }
        }
        return listing
    }

    private mutating func read(_ kind: String, _ object: [String: Any]) {
        let name = object["name"] as? String ?? ""
        switch kind {
        case "metainfo": break
        case "table": table.isPresent = true
        case "chain": table.chains[name] = FamilyTable.Chain(hook: Self.hook(object))
        case "rule": readRule(object)
        case "map", "set": readMap(kind, name, object)
        case "ct timeout" where name == ConntrackTimeout.name:
            table.hasTimeout = true
            if !ConntrackTimeout.isIntact(object, in: family) { note("\(kind) \(name)") }
        default: note("\(kind) \(name)")
        }
    }

    private static func hook(_ object: [String: Any]) -> Hook? {
        guard let type = object["type"] as? String, let hook = object["hook"] as? String,
            let priority = object["prio"] as? Int
        else { return nil }
        let policy = object["policy"] as? String ?? "accept"
        return Hook(type: type, hook: hook, priority: priority, policy: policy)
    }

    private mutating func readRule(_ object: [String: Any]) {
        guard let chain = object["chain"] as? String else { return }
        let expressions = object["expr"] as? [Any] ?? []
        let rule = FamilyTable.Rule(
            form: CanonicalJSON.rule(expressions),
            comment: object["comment"] as? String
        )
        table.chains[chain, default: FamilyTable.Chain(hook: nil)].rules.append(rule)
        addresses[chain, default: []].append(Self.address(expressions))
    }

    private static func address(_ expressions: [Any]) -> IPv4Address? {
        for case let expression as [String: Any] in expressions {
            let translation = (expression["dnat"] as? [String: Any])?["addr"] as? String
            if let address = translation.flatMap({ IPv4Address($0) }) { return address }
        }
        return nil
    }

    private mutating func readMap(_ kind: String, _ name: String, _ object: [String: Any]) {
        let type = object["type"]
        let types = type as? [String] ?? (type as? String).map { [$0] } ?? []
        let found = FamilyTable.Map(
            kind: kind,
            keyTypes: types,
            valueType: object["map"] as? String
        )
        table.maps[name] = found
        // Of a map that is not as we created it nothing is kept: it will be created again.
        guard let map = TableMap(rawValue: name), TableMap.all(in: family).contains(map),
            found == map.intact(in: family)
        else {
            note("\(kind) \(name)")
            return
        }
        if map == .reserved {
            for element in object["elem"] as? [Any] ?? [] {
                guard let key = key(element, in: map) else {
                    note("an element of set \(name)")
                    continue
                }
                table.elements[key] = .member
            }
            return
        }
        for case let element as [Any] in object["elem"] as? [Any] ?? [] where element.count == 2 {
            guard let key = key(element[0], in: map) else {
                note("an element of map \(name)")
                continue
            }
            let verdict = element[1] as? [String: Any]
            let target = (verdict?["goto"] as? [String: Any])?["target"] as? String
            table.elements[key] = target.map { .chain($0) } ?? .other
            if target == nil { note("the verdict of \(key) in map \(name)") }
        }
    }

    private func key(_ value: Any, in map: TableMap) -> ElementKey? {
        // An element with a comment or a timeout is wrapped: {"elem": {"val": …, "comment": …}}.
        let value = NftValue.plain(value)
        let parts = (value as? [String: Any])?["concat"] as? [Any] ?? [value]
        guard parts.count == map.keyTypes(in: family).count else { return nil }
        switch map {
        case .bridges: return (parts[0] as? String).map { .bridge($0) }
        case .ports:
            guard let transport = TransportProtocol(listed: parts[0]),
                let port = Self.port(parts[1])
            else {
                return nil
            }
            return .port(transport, port)
        case .services:
            guard let bridge = parts[0] as? String,
                let address = (parts[1] as? String).flatMap({ IPv4Address($0) })
            else { return nil }
            return .service(address, bridge: bridge)
        case .reserved:
            return (parts[0] as? String).flatMap { IPv4Address($0) }.map { .reserved($0) }
        case .addresses:
            guard let address = (parts[0] as? String).flatMap({ IPAddress($0) }),
                address.isIPv6 == (family == .ip6),
                let transport = TransportProtocol(listed: parts[1]),
                let port = Self.port(parts[2])
            else { return nil }
            return .address(address, transport, port)
        }
    }

    private static func port(_ value: Any) -> UInt16? {
        (value as? Int).flatMap { UInt16(exactly: $0) }
    }

    private mutating func note(_ words: String) {
        guard foreign.count < Self.foreignLimit else { return }
        foreign.append("\(words) in table \(family.table)")
    }

    private static func observed(_ listings: [TableListing]) -> ObservedTable {
        var entryPoints: [String: Set<EntryPoint>] = [:]
        for listing in listings {
            for (key, target) in listing.table.elements {
                guard case .chain(let chain) = target,
                    let entryPoint = key.entryPoint(in: listing.family)
                else { continue }
                entryPoints[chain, default: []].insert(entryPoint)
            }
        }
        var listings = listings
        var services: [ChainName: ObservedServiceChain] = [:]
        for index in listings.indices {
            services.merge(listings[index].services(entryPoints)) { first, _ in first }
        }
        return ObservedTable(
            services: services,
            foreign: Array(listings.flatMap(\.foreign).prefix(foreignLimit)),
            families: Dictionary(uniqueKeysWithValues: listings.map { ($0.family, $0.table) })
        )
    }

    /// Reads the chains of services, of IPv4 alone, and notes every chain that is not as we write
    /// it.
    private mutating func services(
        _ entryPoints: [String: Set<EntryPoint>]
    ) -> [ChainName: ObservedServiceChain] {
        var services: [ChainName: ObservedServiceChain] = [:]
        let bases = BaseChain.all(in: family)
        for (text, chain) in table.chains.sorted(by: { $0.key < $1.key }) {
            if let name = ChainName(text) {
                guard family == .ip else { continue }
                services[name] = serving(name, chain, entryPoints[text] ?? [])
            } else if let base = bases.first(where: { $0.rawValue == text }) {
                if chain != base.intact(in: family) { note("the rules of chain \(text)") }
            } else if Network.environment(ofChain: text) == nil {
                note("chain \(text)")
            }
        }
        return services
    }

    /// Sets a chain's comments and addresses against each other.
    private mutating func serving(
        _ name: ChainName,
        _ chain: FamilyTable.Chain,
        _ entryPoints: Set<EntryPoint>
    ) -> ObservedServiceChain {
        var backends: [Backend] = []
        var strays: [IPv4Address] = []
        for (rule, address) in zip(chain.rules, addresses[name.description] ?? []) {
            let backend = rule.comment.flatMap {
                Backend(comment: $0, service: name.service, address: address)
            }
            if let backend {
                backends.append(backend)
            } else if let address {
                strays.append(address)
            }
        }
        let wanted = ServiceChain(name: name, entryPoints: entryPoints, backends: backends)
        let isIntact = chain == FamilyTable.Chain(hook: nil, rules: wanted.rules.map(\.observed))
        if !isIntact { note("the rules of chain \(name)") }
        return ObservedServiceChain(
            entryPoints: entryPoints,
            backends: wanted.backends,
            strayAddresses: strays,
            isIntact: isIntact
        )
    }
}

extension Rule {
    var observed: FamilyTable.Rule { FamilyTable.Rule(form: form, comment: comment) }
}

extension TableMap {
    func intact(in family: Family) -> FamilyTable.Map {
        FamilyTable.Map(kind: kind, keyTypes: keyTypes(in: family), valueType: valueType)
    }

    var kind: String { self == .reserved ? "set" : "map" }

    var valueType: String? { self == .reserved ? nil : "verdict" }
}

extension BaseChain {
    func intact(in family: Family) -> FamilyTable.Chain {
        FamilyTable.Chain(hook: hook, rules: rules(in: family).map(\.observed))
    }
}
