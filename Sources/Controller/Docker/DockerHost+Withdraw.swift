internal import Addresses
internal import Model
internal import Platform
internal import Traffic

extension DockerHost {
    /// Takes a container that has ended out of the table, before anything else is looked at: until
    /// then its share of new connections is refused.
    ///
    /// Where nothing else of its service serves, the table stays: nothing would be won.
    package func withdraw(_ container: String, from environment: String) async throws {
        let table = try await director.observe()
        let networks = withMemory { $0.rulesets[environment]?.networks ?? [] }
        guard
            let withdrawal = table.withdrawal(of: container, from: environment, on: networks)
        else { return }
        try await director.apply(withdrawal)
        // First packets that met it would be sent there again.
        let addresses = Self.serving(in: table, of: environment).values.joined()
            .filter { $0.isContainer(container) }
            .compactMap(\.address)
        let servers = addresses.reduce(into: Set<IPAddress>()) { servers, address in
            servers.insert(.four(address))
            let six = networks.lazy.filter { $0.subnet.contains(address) }
                .compactMap { $0.subnet6?.embedding(address) }.first
            if let six { servers.insert(.six(six)) }
        }
        try await director.removeEntries(to: servers)
    }
}
