internal import Addresses
internal import DockerEngine
internal import Model
internal import Traffic

extension DockerSnapshot {
    /// The chains of a service: its record, one for each network in which it is called by name, and
    /// one for each port that host ports lead to.
    func chains(
        of service: Service,
        _ backends: [Model.Backend],
        in environment: String,
        besides table: ObservedTable
    ) throws -> [ServiceChain] {
        let rules = backends.map(Self.rule).filter { $0.address != nil }
        let targets = Set(service.ports.filter { $0.published != nil }.map(\.target))
            .filter { $0.transport != .sctp }
        let record = record(of: service.name, backends, in: environment, as: table)
        let joined = Self.networkKeys(of: service)
        let calls = calls(of: service.name, backends, in: environment) { key, _ in
            !service.isJob && joined.contains(key)
        }
        return [record] + calls
            + targets.sorted().map { target in
                ServiceChain(
                    name: ChainName(
                        environment: environment,
                        service: service.name,
                        target: TargetPort(UInt16(target.number), target.trafficTransport)
                    ),
                    entryPoints: Self.hostEntryPoints(of: service, to: target),
                    backends: rules
                )
            }
    }

    /// Who serves; what leads there are addresses of the former range, for containers that may hold
    /// them.
    private func record(
        of service: String,
        _ backends: [Model.Backend],
        in environment: String,
        as table: ObservedTable
    ) -> ServiceChain {
        let name = ChainName(environment: environment, service: service, target: nil)
        let known = host.withMemory { $0.names.former[environment]?[service] }
        let bridges = networksOfTraffic.compactMap(networks.bridge)
        let observed = table.services[name]?.entryPoints.lazy.compactMap(\.formerAddress).first
        let address = hasFormerAddresses ? known ?? observed : nil
        return ServiceChain(
            name: name,
            entryPoints: address.map { address in
                Set(bridges.map { .service(address, bridge: $0) })
            } ?? [],
            backends: backends.map(Self.rule)
        )
    }

    /// Callers inside reach the service's address on any port, as they would a container.
    private func calls(
        of service: String,
        _ backends: [Model.Backend],
        in environment: String,
        where isCalled: (_ networkKey: String, _ hasBackends: Bool) -> Bool
    ) -> [ServiceChain] {
        networks.serving(environment).compactMap { network in
            let reached = [network.name] + networks.siblings(of: network).map(\.name)
            let rules = backends.compactMap { backend -> Traffic.Backend? in
                let own = endpoints[String(backend.container.prefix(12))] ?? [:]
                // While containers move from one to the other, both reach those that serve.
                let address = reached.lazy.compactMap { own[$0] }.first
                return address.map { Self.rule(backend, at: $0) }
            }
            guard isCalled(networks.key(of: network) ?? "", !rules.isEmpty),
                let bridge = networks.bridge(network.name),
                let address = serviceAddress(of: service, in: environment, on: network.name)
            else { return nil }
            return ServiceChain(
                name: ChainName(environment: environment, service: service, bridge: bridge),
                entryPoints: [.service(address, bridge: bridge)],
                backends: rules
            )
        }
    }

    /// The service's address in a network; nil where Berth assigns none.
    func serviceAddress(
        of service: String,
        in environment: String,
        on network: String
    ) -> IPv4Address? {
        guard networks.hasServiceAddresses(network), let subnet = networks.subnet(network) else {
            return nil
        }
        return host.withMemory { memory in
            let key = ServiceAddresses.Key(
                environment: environment,
                service: service,
                network: network
            )
            // What another environment fixes moves no address that a service has.
            let others = memory.fixed.filter { $0.key != environment }.values
                .reduce(into: Set<IPv4Address>()) { $0.formUnion($1) }
                .subtracting([memory.names.addresses.assigned[key]].compactMap(\.self))
            let known = networks.setAside(network).union(memory.reserved).union(others)
            let fixed = known.union(memory.fixed[environment] ?? [])
            return memory.names.addresses.address(
                key,
                in: subnet,
                besides: memory.taken.values.reduce(fixed) { $0.union($1) },
                range: networks.range(network)
            )
        }
    }

    /// The chains of services that are no longer described, as the table has them: only who serves
    /// may change, and an entry point that a described service claims is left to that one as soon
    /// as it serves.
    func keptChains(
        of routes: [Route],
        in environment: String,
        as table: ObservedTable,
        besides described: [ServiceChain]
    ) -> [ServiceChain] {
        routes.filter { $0.service == nil }.flatMap { route in
            let backends = route.backends.map(Self.rule).filter { $0.address != nil }
            let ports = table.chains(of: route.name, in: environment)
                .filter { $0.name.target != nil }
                .map { name, entryPoints in
                    ServiceChain(
                        name: name,
                        entryPoints: entryPoints.filter { entryPoint in
                            !described.contains {
                                $0.name.target?.transport == name.target?.transport
                                    && $0.entryPoints.contains(entryPoint)
                                    && (!$0.backends.isEmpty || backends.isEmpty)
                            }
                        },
                        backends: backends
                    )
                }
            let calls = calls(of: route.name, route.backends, in: environment) { $1 }
            return [record(of: route.name, route.backends, in: environment, as: table)]
                + calls + ports
        }
    }

    /// The services that are to have host ports of another which is no longer described, and that
    /// can run beside it, by the name of that one.
    func heirs(
        _ desired: DesiredState,
        of containers: [Container],
        in table: ObservedTable
    ) -> [String: Set<String>] {
        let leaving = Set(containers.map(\.service)).filter { desired.service(named: $0) == nil }
        var heirs: [String: Set<String>] = [:]
        for name in leaving {
            let held = table.chains(of: name, in: desired.environment).filter {
                $0.name.target != nil
            }
            let names = containers.filter { $0.service == name }.map(\.name.base)
            let claimants = desired.services.filter { service in
                // What writes to the other's data, or has its name, can only come after it.
                guard service.update.order == .startFirst,
                    service.containerName.map({ !names.contains($0) }) ?? true
                else { return false }
                return service.ports.contains { port in
                    held.contains { chain in
                        chain.name.target?.transport == port.target.trafficTransport
                            && !chain.entryPoints.isDisjoint(with: port.entryPoints)
                    }
                }
            }
            if !claimants.isEmpty { heirs[name] = Set(claimants.map(\.name)) }
        }
        return heirs
    }

    private static func hostEntryPoints(
        of service: Service,
        to target: ContainerPort
    ) -> Set<EntryPoint> {
        let entryPoints = service.ports.filter { $0.target == target }.flatMap(\.entryPoints)
        // What a manifest fixes does not follow from the address of IPv4: nothing leads there.
        return Set(entryPoints.filter { !($0.isIPv6 && service.hasFixedIPv6) })
    }

    private static func rule(_ backend: Model.Backend) -> Traffic.Backend {
        rule(backend, at: backend.address)
    }

    private static func rule(
        _ backend: Model.Backend,
        at address: IPv4Address?
    ) -> Traffic.Backend {
        Traffic.Backend(
            slot: backend.slot,
            generation: backend.generation,
            container: backend.container,
            address: address,
            since: Int(backend.since.milliseconds)
        )
    }
}

extension ObservedTable {
    /// A service's chains, each with its entry points.
    func chains(
        of service: String,
        in environment: String
    ) -> [(name: ChainName, entryPoints: Set<EntryPoint>)] {
        let own = ChainName(environment: environment, service: service, target: nil)
        return services.filter {
            $0.key.environment == own.environment && $0.key.service == own.service
        }
        .map { ($0.key, $0.value.entryPoints) }
    }
}

extension ContainerPort {
    fileprivate var trafficTransport: Traffic.TransportProtocol { transport == .udp ? .udp : .tcp }
}

extension [ServiceChain] {
    /// Without the entry points that those which serve still hold for those which do not serve yet.
    func yielding(to kept: [ServiceChain]) -> [ServiceChain] {
        map { chain in
            guard chain.name.target != nil, chain.backends.isEmpty else { return chain }
            let held = kept.filter {
                $0.name.target?.transport == chain.name.target?.transport && !$0.backends.isEmpty
            }
            .reduce(into: Set<EntryPoint>()) { $0.formUnion($1.entryPoints) }
            return ServiceChain(
                name: chain.name,
                entryPoints: chain.entryPoints.subtracting(held),
                backends: chain.backends
            )
        }
    }
}
