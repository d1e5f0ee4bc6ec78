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

    private static func hostEntrances(of service: Service, to target: ContainerPort) -> Set<
        Entrance
    > {
        Set(
            service.ports.filter { $0.target == target }.compactMap { port in
                guard let published = port.published else { return nil }
                guard let text = port.hostAddress, let address = IPv4Address(text),
                    address.rawValue != 0
                else { return .hostPort(UInt16(published)) }
                return .address(address, port: UInt16(published))
            }
        )
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
