internal import Foundation
internal import Platform

/// Reads what `nft -j list table` prints (libnftables-json(5)).
struct TableListing {
    /// What can be wrong with a listing as a whole.
    enum Problem: String, Error {
        case notJSON = "the listing is not JSON"
        case noList = "the listing has no list \"nftables\""
    }

    private static let foreignLimit = 100

    private var isPresent = false
    private var maps: [String: ObservedTable.Map] = [:]
    private var chains: [String: ObservedTable.Chain] = [:]
    private var elements: [ElementKey: ObservedTable.Target] = [:]
    private var addresses: [String: [IPv4Address?]] = [:]
    private var foreign: [String] = []

    /// Reads a listing; objects of kinds we know nothing of are noted as foreign.
    static func parse(_ bytes: [UInt8]) throws(Problem) -> ObservedTable {
        guard let document = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            throw .notJSON
        }
        guard let root = document as? [String: Any], let list = root["nftables"] as? [Any] else {
            throw .noList
        }
        var listing = TableListing()
        for case let entry as [String: Any] in list {
            for (kind, value) in entry { listing.read(kind, value as? [String: Any] ?? [:]) }
        }
        return listing.table()
    }

    private mutating func read(_ kind: String, _ object: [String: Any]) {
        let name = object["name"] as? String ?? ""
        switch kind {
        case "metainfo": break
        case "table": isPresent = true
        case "chain": chains[name] = ObservedTable.Chain(hook: Self.hook(object))
        case "rule": readRule(object)
        case "map", "set": readMap(kind, name, object)
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
        let rule = ObservedTable.Rule(
            form: CanonicalJSON.rule(expressions),
            comment: object["comment"] as? String
        )
        chains[chain, default: ObservedTable.Chain(hook: nil)].rules.append(rule)
        addresses[chain, default: []].append(Self.address(expressions))
    }

    /// The address that a rule translates to.
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
        let found = ObservedTable.Map(
            kind: kind,
            keyTypes: types,
            valueType: object["map"] as? String
        )
        maps[name] = found
        // Of a map that is not as we made it nothing is kept: it will be made anew.
        guard let map = TableMap(rawValue: name), found == map.intact else {
            note("\(kind) \(name)")
            return
        }
        for case let element as [Any] in object["elem"] as? [Any] ?? [] where element.count == 2 {
            guard let key = Self.key(element[0], in: map) else {
                note("an element of map \(name)")
                continue
            }
            let verdict = element[1] as? [String: Any]
            let target = (verdict?["goto"] as? [String: Any])?["target"] as? String
            elements[key] = target.map { .chain($0) } ?? .other
            if target == nil { note("the verdict of \(key) in map \(name)") }
        }
    }

    private static func key(_ value: Any, in map: TableMap) -> ElementKey? {
        // An element with a comment or a timeout is wrapped: {"elem": {"val": …, "comment": …}}.
        let wrapped = (value as? [String: Any])?["elem"] as? [String: Any]
        let value = wrapped?["val"] ?? value
        let parts = (value as? [String: Any])?["concat"] as? [Any] ?? [value]
        guard parts.count == map.keyTypes.count else { return nil }
        switch map {
        case .bridges: return (parts[0] as? String).map { .bridge($0) }
        case .ports:
            guard let transport = transport(parts[0]), let port = port(parts[1]) else { return nil }
            return .port(transport, port)
        case .services:
            return (parts[0] as? String).flatMap { IPv4Address($0) }.map { .service($0) }
        case .addresses:
            guard let text = parts[0] as? String, let address = IPv4Address(text),
                let transport = transport(parts[1]), let port = port(parts[2])
            else { return nil }
            return .address(address, transport, port)
        }
    }

    private static func transport(_ value: Any) -> TransportProtocol? {
        if let name = value as? String { return TransportProtocol(rawValue: name) }
        return (value as? Int).flatMap { TransportProtocol(number: $0) }
    }

    private static func port(_ value: Any) -> UInt16? {
        (value as? Int).flatMap { UInt16(exactly: $0) }
    }

    private mutating func note(_ words: String) {
        if foreign.count < Self.foreignLimit { foreign.append(words) }
    }

    private mutating func table() -> ObservedTable {
        var entrances: [String: Set<Entrance>] = [:]
        for (key, target) in elements {
            guard case .chain(let chain) = target, let entrance = key.entrance else { continue }
            entrances[chain, default: []].insert(entrance)
        }
        var services: [ChainName: ServingChain] = [:]
        for (text, chain) in chains.sorted(by: { $0.key < $1.key }) {
            if let name = ChainName(text) {
                services[name] = serving(name, chain, entrances[text] ?? [])
            } else if let base = BaseChain(rawValue: text) {
                if chain != base.intact { note("the rules of chain \(text)") }
            } else if Network.environment(ofChain: text) == nil {
                note("chain \(text)")
            }
        }
        return ObservedTable(
            isPresent: isPresent,
            services: services,
            foreign: foreign,
            maps: maps,
            chains: chains,
            elements: elements
        )
    }

    /// Sets a chain's comments and addresses against each other.
    private mutating func serving(
        _ name: ChainName,
        _ chain: ObservedTable.Chain,
        _ entrances: Set<Entrance>
    ) -> ServingChain {
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
        let wanted = ServiceChain(name: name, entrances: entrances, backends: backends)
        let isIntact = chain == ObservedTable.Chain(hook: nil, rules: wanted.rules.map(\.observed))
        if !isIntact { note("the rules of chain \(name)") }
        return ServingChain(
            entrances: entrances,
            backends: wanted.backends,
            strayAddresses: strays,
            isIntact: isIntact
        )
    }
}

extension Rule {
    /// The rule as a listing shows it.
    var observed: ObservedTable.Rule { ObservedTable.Rule(form: form, comment: comment) }
}

extension TableMap {
    /// The map as a listing shows it when it is right.
    var intact: ObservedTable.Map {
        ObservedTable.Map(kind: "map", keyTypes: keyTypes, valueType: "verdict")
    }
}

extension BaseChain {
    /// The chain as a listing shows it when it is right.
    var intact: ObservedTable.Chain {
        ObservedTable.Chain(hook: hook, rules: rules.map(\.observed))
    }
}
