internal import Addresses

/// What our table should say: every bridge we send traffic over, and every port of every service.
///
/// A value: it can be compared, printed as a script, and set against what the kernel has.
/// It only speaks for the environments in its scope; what the table holds for others is theirs.
package struct Ruleset: Equatable, Sendable {
    /// The environments that the ruleset speaks for, also where one has nothing in it.
    package let scope: Set<String>

    package let networks: [Network]
    package let services: [ServiceChain]

    /// Throws where the parts contradict each other or cannot be written, so that every ruleset can
    /// be handed to nft.
    package init(
        scope: Set<String>,
        networks: [Network],
        services: [ServiceChain]
    ) throws(RulesetError) {
        self.scope = Set(scope.map(NamePart.part))
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
        let hasPort0 = service.entryPoints.contains { entryPoint in
            if case .port(0, _) = entryPoint { true } else { false }
        }
        guard service.name.target?.number != 0, !hasPort0 else {
            throw .invalidPort("\(service.name)")
        }
        let keys = Family.allCases.flatMap(service.keys)
        guard keys.count == service.entryPoints.count else { throw .noTarget("\(service.name)") }
    }

    private static let chainLimit = 10_000
    private static let backendLimit = 1_000

    /// A chain below the base chains, with the keys that route to it.
    struct Chain {
        let name: String
        let keys: [ElementKey]
        let rules: [Rule]
    }

    /// The chains of a family's table, bridges first; of IPv6 there are some only where a bridge
    /// has it.
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

package enum RulesetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Two services, or two ports of one, claim the same entry point.
    case sharedEntryPoint(_ key: String, _ first: String, _ second: String)
    case duplicateChain(_ name: String)
    case outOfScope(_ environment: String)
    case invalidBridge(_ name: String)
    case invalidSubnet(_ subnet: String)
    /// Addresses of IPv6 in this subnet cannot end with one of IPv4.
    case invalidSubnet6(_ subnet: String)
    /// A backend's values do not fit into its rule's comment.
    case invalidBackend(_ chain: String, _ comment: String)
    /// Port 0 means any port, which a rule cannot route to.
    case invalidPort(_ chain: String)
    /// Entry points route to a chain that has no port to send them to.
    case noTarget(_ chain: String)
    case tooMany(_ what: String, _ count: Int, _ limit: Int)

    package var description: String {
        switch self {
        case .sharedEntryPoint(let key, let first, let second):
            "\(first) and \(second) both claim \(key); give one of them another host port."
        case .duplicateChain(let name):
            "\(name) is described twice; put all its entry points into one description."
        case .outOfScope(let environment):
            "The environment \(environment) is out of the scope of these rules."
        case .invalidBridge(let name):
            "\(name.debugDescription) is no interface name of 1 to 15 letters, digits, '-', '_' "
                + "and '.'; choose another name for the bridge."
        case .invalidSubnet(let subnet):
            "\(subnet) is no subnet for containers; its prefix must be 1 to 30 bits long."
        case .invalidSubnet6(let subnet):
            "\(subnet) is too small; its prefix must be 1 to 96 bits long."
        case .invalidBackend(let chain, let comment):
            "A backend of \(chain) cannot be written as a rule: \(comment)."
        case .invalidPort(let chain): "\(chain) has a port 0; name the port."
        case .noTarget(let chain):
            "\(chain) has an entry point of the wrong kind: ports route to a port, a service's own "
                + "address to none."
        case .tooMany(let what, let count, let limit):
            "There are \(count) \(what); at most \(limit) are supported."
        }
    }
}
