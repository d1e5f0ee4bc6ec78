import Addresses
import XCTest

@testable import Traffic

/// Short spellings for the values that the tests are about.
enum Sample {
    static let network = Network(
        environment: "prod",
        bridge: "br-prod",
        subnet: subnet("172.30.0.0/24")
    )

    /// The same with IPv6.
    static let network6 = Network(
        environment: "prod",
        bridge: "br-prod",
        subnet: subnet("172.30.0.0/24"),
        subnet6: IPv6Subnet("fd00::/64")
    )

    static func address(_ text: String) -> IPv4Address {
        guard let address = IPv4Address(text) else { preconditionFailure(text) }
        return address
    }

    static func subnet(_ text: String) -> IPv4Subnet {
        guard let subnet = IPv4Subnet(text) else { preconditionFailure(text) }
        return subnet
    }

    /// The container of a slot; its address ends in 10 × generation + slot.
    static func backend(_ slot: Int, _ generation: Int = 1) -> Backend {
        Backend(
            slot: slot,
            generation: generation,
            container: "00000000\(generation)00\(slot)ffff",
            address: address("172.30.0.\(generation * 10 + slot)"),
            since: 1_700_000_000_000
        )
    }

    /// A container in the host's own network.
    static let unaddressed = Backend(
        slot: 1,
        generation: 1,
        container: "0123456789ab",
        address: nil,
        since: 5
    )

    static func name(
        _ service: String,
        _ port: UInt16 = 80,
        _ transport: TransportProtocol = .tcp,
        in environment: String = "prod"
    ) -> ChainName {
        ChainName(
            environment: environment,
            service: service,
            target: TargetPort(port, transport)
        )
    }

    static func ruleset(
        _ services: [ServiceChain],
        networks: [Network] = [network],
        scope: Set<String> = ["prod"]
    ) throws -> Ruleset {
        try Ruleset(scope: scope, networks: networks, services: services)
    }

    static func web(
        _ entryPoints: Set<EntryPoint>,
        _ backends: [Backend]
    ) -> ServiceChain {
        ServiceChain(name: name("web"), entryPoints: entryPoints, backends: backends)
    }

    static func web(_ backends: [Backend]) -> ServiceChain { web([.hostPort(8080)], backends) }
}
