internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

/// What one look at Docker and nftables found, in their words; whatever a pass does, it does with
/// this.
package struct DockerSnapshot: HostSnapshot {
    let host: DockerHost
    let environment: String
    /// What the revision says.
    let written: DesiredState?
    /// The same with the names that networks have in Docker by now, see ``NetworkSuccession``.
    var desired: DesiredState?
    var networks: Networks
    /// Networks whose definition changed, by key.
    var successions: [String: NetworkSuccession] = [:]
    let table: ObservedTable
    /// What the environment takes over.
    var adoption = Adoption()
    /// The environment's, with those that it takes over.
    var containers: [Container] = []
    /// Networks that carry traffic to containers, including those created by others.
    var attached: Set<String> = []
    /// Where containers are in each network, by the first 12 digits of their ids.
    var endpoints: [String: [String: IPv4Address]] = [:]
    /// Addresses that containers have in any network.
    var taken: Set<IPv4Address> = []
    /// Whether containers may hold addresses of the former range.
    var hasFormerAddresses = false
    package var observation = Observation(state: ObservedState(), preparations: [])

    init(
        host: DockerHost,
        environment: String,
        written: DesiredState?,
        networks: Networks,
        table: ObservedTable
    ) {
        self.host = host
        self.environment = environment
        self.written = written
        desired = written
        self.networks = networks
        self.table = table
    }

    var engine: EngineClient { host.engine }
    var director: TrafficDirector { host.director }
    var layout: HostLayout { host.layout }
    var disk: DiskQueue { host.disk }
    var log: Log { host.log }

    /// Whether the table has anything of the environment.
    var hasTable: Bool {
        let own = ChainName(environment: environment, service: "", target: nil).environment
        return table.services.keys.contains { $0.environment == own }
    }

    func details(of container: String) async throws -> ContainerDetails? {
        try await host.details(of: container)
    }
}
