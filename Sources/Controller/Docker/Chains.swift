internal import Model
internal import Platform
internal import Traffic

extension DockerHost {
    /// The chains of a service: one for all that comes to its own address, and one for each port
    /// that host ports lead to.
    func chains(
        of service: Service,
        _ backends: [Model.Backend],
        in environment: String
    ) throws -> [ServiceChain] {
        let rules = backends.map(Self.rule).filter { $0.address != nil }
        let targets = Set(service.ports.filter { $0.published != nil }.map(\.target))
            .filter { $0.transport != .sctp }
        // Callers inside reach the service's address on any port, as they would a container; the
        // chain is also the record of who serves, for services that have no address, too.
        let record = ServiceChain(
            name: ChainName(environment: environment, service: service.name, target: nil),
            entrances: [.service(serviceAddress(of: service.name, in: environment))],
            backends: backends.map(Self.rule)
        )
        return [record]
            + targets.sorted().map { target in
                ServiceChain(
                    name: ChainName(
                        environment: environment,
                        service: service.name,
                        target: TargetPort(
                            UInt16(target.number),
                            target.transport == .udp ? .udp : .tcp
                        )
                    ),
                    entrances: Self.hostEntrances(of: service, to: target),
                    backends: rules
                )
            }
    }

    /// The chains of services that are no longer described, as the table has them: only who serves
    /// may change, and a way in that a described service claims is left to that one.
    func keptChains(
        of routes: [Route],
        in environment: String,
        as table: ObservedTable,
        besides described: [ServiceChain]
    ) -> [ServiceChain] {
        routes.filter { $0.service == nil }.flatMap { route in
            let backends = route.backends.map(Self.rule)
            let record = ChainName(environment: environment, service: route.name, target: nil)
            var chains = table.chains(of: route.name, in: environment).map { name, entrances in
                ServiceChain(
                    name: name,
                    entrances: entrances.filter { entrance in
                        !described.contains {
                            $0.name.target?.transport == name.target?.transport
                                && $0.entrances.contains(entrance)
                        }
                    },
                    backends: name == record ? backends : backends.filter { $0.address != nil }
                )
            }
            // Where the table was lost, who serves is still to be written down.
            if !backends.isEmpty, !chains.contains(where: { $0.name == record }) {
                let address = serviceAddress(of: route.name, in: environment)
                chains.append(
                    ServiceChain(name: record, entrances: [.service(address)], backends: backends)
                )
            }
            return chains
        }
    }

    private static func hostEntrances(
        of service: Service,
        to target: ContainerPort
    ) -> Set<Entrance> {
        let entrances = service.ports.filter { $0.target == target }.flatMap(\.entrances)
        // What a manifest fixes does not follow from the address of IPv4: nothing leads there.
        return Set(entrances.filter { !($0.isOfSix && service.hasFixedIPv6) })
    }

    private static func rule(_ backend: Model.Backend) -> Traffic.Backend {
        Traffic.Backend(
            slot: backend.slot,
            generation: backend.generation,
            container: backend.container,
            address: backend.address.flatMap { IPv4Address($0) },
            since: Int(backend.since.milliseconds)
        )
    }
}

extension ObservedTable {
    /// A service's chains with the ways in that lead to each.
    func chains(
        of service: String,
        in environment: String
    ) -> [(name: ChainName, entrances: Set<Entrance>)] {
        let own = ChainName(environment: environment, service: service, target: nil)
        return services.filter {
            $0.key.environment == own.environment && $0.key.service == own.service
        }
        .map { ($0.key, $0.value.entrances) }
    }
}
