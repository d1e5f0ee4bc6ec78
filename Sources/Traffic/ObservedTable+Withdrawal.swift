extension ObservedTable {
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
        let environment = NamePart.environment(environment)
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
}
