extension Ruleset {
    /// The smallest transaction that takes the table from what is observed to this ruleset; nil
    /// where nothing differs.
    ///
    /// - A switch of backends only rewrites the rules of chains.
    ///   Kernels of several years can miss an element that is replaced in the middle of a commit
    ///   ("nf_tables: restart set lookup on base_seq change", 2025), so map elements are touched
    ///   only where entry points come, go or move.
    /// - Base chains are left alone unless they were tampered with.
    /// - A chain that is not needed any more loses its elements and rules at once, but is deleted
    ///   by a later transaction, when no element routes to it: not every kernel releases the chain
    ///   within the transaction that deletes the element.
    /// - Chains of environments out of scope are left alone, and so are entry points that route to
    ///   them: see ``conflicts(with:)``.
    package func changes(from observed: ObservedTable) -> Transaction? {
        let changes = Family.allCases.compactMap { family -> Transaction? in
            guard needs(family) || observed[family].isPresent else { return nil }
            var difference = Difference(self, observed[family], family)
            return difference.transaction()
        }
        guard !changes.isEmpty else { return nil }
        return Transaction(
            statements: changes.flatMap(\.statements),
            isSweep: changes.allSatisfy(\.isSweep)
        )
    }

    /// The complete script for a host without the table.
    ///
    /// Run on a host that has the table, it corrects what is in its scope and leaves the rest,
    /// unless an entry point routes elsewhere by then: then nft refuses the whole of it.
    package var script: String { changes(from: .absent)?.script ?? "" }

    /// The entry points of this ruleset that another environment's chains have already.
    ///
    /// Each is described in words; changes leave them out.
    package func conflicts(with observed: ObservedTable) -> [String] {
        Family.allCases.flatMap { family in
            chains(in: family).flatMap { chain in
                chain.keys.compactMap { key in
                    guard case .chain(let holder)? = observed[family].elements[key],
                        isForeign(holder)
                    else { return nil }
                    return "\(key) routes to \(holder), so \(chain.name) cannot have it"
                }
            }
        }
    }

    fileprivate func isForeign(_ chain: String) -> Bool {
        Ruleset.environment(ofChain: chain).map { !scope.contains($0) } ?? false
    }

    fileprivate func isOurs(_ chain: String) -> Bool {
        Ruleset.environment(ofChain: chain).map(scope.contains) ?? false
    }
}

private struct Difference {
    let wanted: Ruleset
    let chains: [Ruleset.Chain]
    let observed: FamilyTable
    let family: Family
    var statements: [Statement] = []

    /// Maps of ours that were replaced by something of another kind.
    var brokenMaps: [TableMap] {
        TableMap.all(in: family).filter { map in
            observed.maps[map.rawValue].map { $0 != map.intact(in: family) } ?? false
        }
    }

    init(_ wanted: Ruleset, _ observed: FamilyTable, _ family: Family) {
        self.wanted = wanted
        self.observed = observed
        self.family = family
        chains = wanted.chains(in: family)
    }

    mutating func transaction() -> Transaction? {
        compareLayout()
        compareChains()
        compareElements()
        let isSweep = statements.isEmpty
        sweep()
        guard !statements.isEmpty else { return nil }
        return Transaction(statements: statements.map { $0.text(in: family) }, isSweep: isSweep)
    }

    /// Table, maps and base chains, the part that all environments share.
    private mutating func compareLayout() {
        if !observed.isPresent { statements.append(.addTable) }
        if !observed.hasTimeout { statements.append(.addTimeout) }
        let broken = brokenMaps
        for chain in BaseChain.all(in: family) where !broken.isEmpty {
            // A map can only be deleted while no rule looks it up.
            if observed.chains[chain.rawValue] != nil {
                statements.append(.flushChain(chain.rawValue))
            }
        }
        for map in TableMap.all(in: family) {
            if broken.contains(map), let found = observed.maps[map.rawValue] {
                statements.append(.delete(kind: found.kind, name: map.rawValue))
            }
            if broken.contains(map) || observed.maps[map.rawValue] == nil {
                statements.append(.addMap(map))
            }
        }
        for chain in BaseChain.all(in: family) { compare(chain, rewriteAll: !broken.isEmpty) }
    }

    private mutating func compare(_ chain: BaseChain, rewriteAll: Bool) {
        let name = chain.rawValue
        let found = observed.chains[name]
        if let found, found.hook != chain.hook {
            var samePlace = found.hook
            samePlace?.policy = chain.hook.policy
            // A policy can be set; a chain at another hook or priority has to be created again.
            if samePlace != chain.hook {
                statements += [.flushChain(name), .deleteChain(name)]
            }
        }
        if found?.hook != chain.hook { statements.append(.addBaseChain(chain)) }
        if rewriteAll || found != chain.intact(in: family) {
            statements += Statement.rewrite(name, chain.rules(in: family))
        }
    }

    private mutating func compareChains() {
        for chain in chains {
            let found = observed.chains[chain.name]
            if found == nil { statements.append(.addChain(chain.name)) }
            let isRight = found?.rules == chain.rules.map(\.observed)
            if !isRight { statements += Statement.rewrite(chain.name, chain.rules) }
        }
        let names = Set(chains.map(\.name))
        for (name, chain) in observed.chains.sorted(by: { $0.key < $1.key })
        where wanted.isOurs(name) && !names.contains(name) && !chain.rules.isEmpty {
            statements.append(.flushChain(name))
        }
    }

    private mutating func compareElements() {
        var additions: [Statement] = []
        let targets = targets()
        for (key, target) in targets.sorted(by: { $0.key < $1.key }) {
            switch observed.elements[key] {
            case target: continue
            case .chain(let other) where wanted.isForeign(other): continue
            case nil: break
            case .chain, .member, .other: statements.append(.deleteElement(key))
            }
            additions.append(.addElement(key, target))
        }
        for (key, target) in observed.elements.sorted(by: { $0.key < $1.key })
        where targets[key] == nil && isLeftover(target) {
            statements.append(.deleteElement(key))
        }
        statements += additions
    }

    /// Where the elements of this ruleset route to, and what goes with those of others.
    private func targets() -> [ElementKey: FamilyTable.Target] {
        var targets: [ElementKey: FamilyTable.Target] = [:]
        for chain in chains {
            for key in chain.keys { targets[key] = .chain(chain.name) }
        }
        let others = observed.elements.filter { _, target in
            if case .chain(let chain) = target { wanted.isForeign(chain) } else { false }
        }
        for key in Array(targets.keys) + others.keys {
            if let reservation = key.reservation { targets[reservation] = .member }
        }
        return targets
    }

    /// Whether an element that is not needed is ours to remove.
    private func isLeftover(_ target: FamilyTable.Target) -> Bool {
        switch target {
        case .chain(let chain): wanted.isOurs(chain)
        case .member: true
        case .other: false
        }
    }

    private mutating func sweep() {
        let names = Set(chains.map(\.name))
        let targets = Set(observed.elements.values)
        for (name, chain) in observed.chains.sorted(by: { $0.key < $1.key })
        where wanted.isOurs(name) && !names.contains(name) && chain.rules.isEmpty {
            guard !targets.contains(.chain(name)) else { continue }
            statements.append(.deleteChain(name))
        }
    }
}
