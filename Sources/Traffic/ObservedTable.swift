package import Addresses

/// Our table as the kernel has it, read from `nft -j list table`.
///
/// Only the JSON listing is read: nft 1.0.6 prints `numgen` rules as text that it cannot read back.
package struct ObservedTable: Equatable, Sendable {
    /// Whether there is a table at all; a reboot or `flush ruleset` leaves none.
    package var isPresent: Bool { self[.ip].isPresent }

    /// The services' ports, by name, of all environments.
    package let services: [ChainName: ObservedServiceChain]

    /// What is in the table and not ours, in words, and of which table; at most 100.
    ///
    /// Foreign rules in our chains and wrong verdicts in our maps are repaired with the next
    /// change; foreign chains and maps are left alone.
    package let foreign: [String]

    let families: [Family: FamilyTable]

    package static let absent = ObservedTable(services: [:], foreign: [], families: [:])

    subscript(family: Family) -> FamilyTable { families[family] ?? FamilyTable() }
}

struct FamilyTable: Equatable {
    var isPresent = false
    var hasTimeout = false
    var maps: [String: Map] = [:]
    var chains: [String: Chain] = [:]
    var elements: [ElementKey: Target] = [:]

    struct Map: Equatable {
        /// `map` or `set`: they share their names.
        let kind: String
        let keyTypes: [String]
        let valueType: String?
    }

    struct Chain: Equatable {
        let hook: Hook?
        var rules: [Rule] = []
    }

    struct Rule: Equatable {
        /// The expressions, in ``CanonicalJSON``'s form.
        let form: String
        let comment: String?
    }

    /// Where an element routes to: to a chain by `goto`, nowhere as it is in a set, or elsewhere,
    /// which is never ours.
    enum Target: Hashable {
        case chain(String)
        case member
        case other
    }
}

/// One target port of a service as the kernel has it.
package struct ObservedServiceChain: Equatable, Sendable {
    package let entryPoints: Set<EntryPoint>

    /// The containers whose rules could be read.
    ///
    /// A container stays in the list though its rule was tampered with, as long as the comment
    /// still names it: it may have connections.
    package let backends: [Backend]

    /// Addresses that rules without a readable comment send traffic to.
    package let strayAddresses: [IPv4Address]

    /// Whether the rules, of IPv4, are exactly what we write for these backends.
    package let isIntact: Bool
}

extension ObservedTable {
    /// The addresses that any rule sends traffic to, of all environments.
    package var servingAddresses: Set<IPv4Address> {
        Set(services.values.flatMap { $0.backends.compactMap(\.address) + $0.strayAddresses })
    }

    /// The change that takes a container out of all chains of an environment in which another
    /// container stays; nil where there is none.
    ///
    /// Nothing else is compared or repaired, so that it is right whatever is being changed at the
    /// same time.
    package func withdrawal(
        of container: String,
        from environment: String,
        on networks: [Network]
    ) -> Transaction? {
        let environment = NamePart.part(environment)
        let id = String(container.prefix(12))
        let networks6 = networks.filter { $0.subnet6 != nil }
        var statements: [String] = []
        for (name, chain) in services.sorted(by: { $0.key < $1.key })
        where name.environment == environment {
            let others = chain.backends.filter { $0.container != id }
            guard !others.isEmpty, others.count < chain.backends.count else { continue }
            let rest = ServiceChain(name: name, entryPoints: chain.entryPoints, backends: others)
            for family in Family.allCases where self[family].chains["\(name)"] != nil {
                let rules = family == .ip ? rest.rules : rest.rules6(networks6)
                statements += Statement.rewrite("\(name)", rules).map { $0.text(in: family) }
            }
        }
        return statements.isEmpty ? nil : Transaction(statements: statements, isSweep: false)
    }

    /// Shows rulesets as the kernel would once they are applied; for tests, one of which compares
    /// it with what nft lists.
    package init(showing rulesets: [Ruleset]) {
        let families = Family.allCases.filter { family in
            family == .ip || rulesets.contains { $0.needs(family) }
        }
        let services = rulesets.flatMap(\.services).map { service in
            let chain = ObservedServiceChain(
                entryPoints: service.entryPoints.filter { entryPoint in
                    families.contains {
                        ElementKey(entryPoint, service.name.target?.transport, in: $0) != nil
                    }
                },
                backends: service.backends,
                strayAddresses: [],
                isIntact: true
            )
            return (service.name, chain)
        }
        let tables = families.map { family in
            (family, FamilyTable(showing: rulesets.flatMap { $0.chains(in: family) }, in: family))
        }
        self.init(
            services: Dictionary(services) { $1 },
            foreign: [],
            families: Dictionary(uniqueKeysWithValues: tables)
        )
    }
}

extension FamilyTable {
    fileprivate init(showing wanted: [Ruleset.Chain], in family: Family) {
        let base = BaseChain.all(in: family).map { ($0.rawValue, $0.intact(in: family)) }
        let others = wanted.map { chain in
            (chain.name, Chain(hook: nil, rules: chain.rules.map(\.observed)))
        }
        let maps = TableMap.all(in: family).map { ($0.rawValue, $0.intact(in: family)) }
        let targets = wanted.flatMap { chain in chain.keys.map { ($0, Target.chain(chain.name)) } }
        let reserved = targets.compactMap { $0.0.reservation.map { ($0, Target.member) } }
        self.init(
            isPresent: true,
            hasTimeout: true,
            maps: Dictionary(uniqueKeysWithValues: maps),
            chains: Dictionary(base + others) { $1 },
            elements: Dictionary(targets + reserved) { $1 }
        )
    }
}
