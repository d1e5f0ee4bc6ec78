internal import Platform

/// What our table should say: every bridge we send traffic over, and every port of every service.
///
/// A value: it can be compared, printed as a script, and set against what the kernel has.
/// It only speaks for the environments in its scope; what the table holds for others is theirs.
package struct Ruleset: Equatable, Sendable {
    /// The environments that the ruleset speaks for, also where one has nothing in it.
    package let scope: Set<String>

    /// The bridges whose containers get traffic.
    package let networks: [Network]

    /// The services' ports.
    package let services: [ServiceChain]

    /// Puts a ruleset together.
    ///
    /// Throws where the parts contradict each other or cannot be written down, so that every
    /// ruleset there is can be handed to nft.
    package init(
        scope: Set<String>,
        networks: [Network],
        services: [ServiceChain]
    ) throws(RulesetError) {
        self.scope = Set(scope.map(NamePart.environment))
        self.networks = networks.sorted { $0.chain < $1.chain }
        self.services = services.sorted { $0.name < $1.name }
        try validate()
    }

    private func validate() throws(RulesetError) {
        let total = services.count + networks.count
        guard total <= Self.chainLimit else { throw .tooMany("chains", total, Self.chainLimit) }
        for network in networks {
            try requireScope(network.environment)
            guard Network.isInterfaceName(network.bridge) else {
                throw .invalidBridge(network.bridge)
            }
            guard (1...30).contains(network.subnet.prefixLength) else {
                throw .invalidSubnet(network.subnet.description)
            }
            if let subnet = network.subnet6, !(1...96).contains(subnet.prefixLength) {
                throw .invalidSubnet6(subnet.description)
            }
        }
        for service in services {
            try requireScope(service.name.environment)
            try Self.validate(service)
        }
        for family in Family.allCases { try validateChains(in: family) }
    }

    private func validateChains(in family: Family) throws(RulesetError) {
        var owners: [ElementKey: String] = [:]
        var names: Set<String> = []
        for chain in chains(in: family) {
            guard names.insert(chain.name).inserted else { throw .duplicateChain(chain.name) }
            for key in chain.keys {
                if let first = owners.updateValue(chain.name, forKey: key) {
                    throw .sharedEntryPoint("\(key)", first, chain.name)
                }
            }
        }
    }

    private func requireScope(_ environment: String) throws(RulesetError) {
        guard scope.contains(environment) else { throw .outOfScope(environment) }
    }

    private static func validate(_ service: ServiceChain) throws(RulesetError) {
        let count = service.backends.count
        guard count <= backendLimit else { throw .tooMany("backends", count, backendLimit) }
        for backend in service.backends
        where !backend.isValid || backend.address == nil && service.name.target != nil {
            throw .invalidBackend("\(service.name)", backend.comment(service: service.name.service))
        }
        let ports: [UInt16] = service.entryPoints.compactMap { entryPoint in
            switch entryPoint {
            case .hostPort(let port), .hostPort6(let port): port
            case .address(_, let port), .address6(_, let port): port
            case .service: nil
            }
        }
        guard service.name.target?.number != 0, !ports.contains(0) else {
            throw .invalidPort("\(service.name)")
        }
        let keys = Family.allCases.flatMap(service.keys)
        guard keys.count == service.entryPoints.count else { throw .noTarget("\(service.name)") }
    }

    private static let chainLimit = 10_000
    private static let backendLimit = 1_000
}

extension Ruleset {
    /// A chain below the base chains, with the keys that lead to it.
    struct Chain {
        let name: String
        let keys: [ElementKey]
        let rules: [Rule]
    }

    /// The chains that the ruleset wants in a family's table, bridges first.
    ///
    /// Of IPv6 there are some only where a bridge has it.
    func chains(in family: Family) -> [Chain] {
        let networks = networks.filter { family == .ip || $0.subnet6 != nil }
        let services = services.filter {
            family == .ip || !networks.isEmpty && $0.name.target != nil
        }
        return networks.map {
            Chain(name: $0.chain, keys: [.bridge($0.bridge)], rules: $0.rules(in: family))
        }
            + services.map { service in
                Chain(
                    name: service.name.description,
                    keys: service.keys(in: family),
                    rules: family == .ip ? service.rules : service.rules6(networks)
                )
            }
    }

    /// Whether anything has to stand in a family's table, be it the empty table.
    func needs(_ family: Family) -> Bool { family == .ip || !chains(in: family).isEmpty }

    /// The environment that a chain of ours belongs to, by its name; nil for any other name.
    static func environment(ofChain name: String) -> String? {
        ChainName(name)?.environment ?? Network.environment(ofChain: name)
    }
}

/// Why a ruleset cannot be put together.
package enum RulesetError: Error, Equatable, Sendable {
    /// Two services, or two ports of one, claim the same entry point.
    case sharedEntryPoint(_ key: String, _ first: String, _ second: String)

    /// The same chain is there twice.
    case duplicateChain(_ name: String)

    /// Something belongs to an environment that the ruleset does not speak for.
    case outOfScope(_ environment: String)

    /// This is no interface name that a rule can hold.
    case invalidBridge(_ name: String)

    /// No container network has this subnet.
    case invalidSubnet(_ subnet: String)

    /// Addresses of IPv6 in this subnet cannot end with one of IPv4.
    case invalidSubnet6(_ subnet: String)

    /// A backend's values do not fit into its rule's comment.
    case invalidBackend(_ chain: String, _ comment: String)

    /// Port 0 means any port, which a rule cannot lead to.
    case invalidPort(_ chain: String)

    /// Ways in lead to a chain that has no port to send them to.
    case noTarget(_ chain: String)

    /// There is more of something than any host has.
    case tooMany(_ what: String, _ count: Int, _ limit: Int)
}

extension RulesetError: CustomStringConvertible {
    /// What is wrong and what to do next, in a sentence.
    package var description: String {
        switch self {
        case .sharedEntryPoint(let key, let first, let second):
            "\(first) and \(second) both claim \(key); give one of them another host port."
        case .duplicateChain(let name):
            "\(name) is described twice; put all its entry points into one description."
        case .outOfScope(let environment):
            "The environment \(environment) is not one that these rules speak for."
        case .invalidBridge(let name):
            "\(name.debugDescription) is no interface name of 1 to 15 letters, digits, '-', '_' "
                + "and '.'; choose another name for the bridge."
        case .invalidSubnet(let subnet):
            "\(subnet) is no subnet for containers; its prefix must be 1 to 30 bits long."
        case .invalidSubnet6(let subnet):
            "\(subnet) is too small; its prefix must be 1 to 96 bits long."
        case .invalidBackend(let chain, let comment):
            "A backend of \(chain) cannot be written down: \(comment)."
        case .invalidPort(let chain): "\(chain) has a port 0; name the port."
        case .noTarget(let chain):
            "\(chain) has an entry point of the wrong kind: ports lead to a port, a service's own "
                + "address to none."
        case .tooMany(let what, let count, let limit):
            "There are \(count) \(what); at most \(limit) are supported."
        }
    }
}
