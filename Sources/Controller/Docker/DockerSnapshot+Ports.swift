internal import Addresses
internal import DockerEngine
internal import Foundation
internal import Model
internal import Platform
internal import Traffic

extension DockerSnapshot {
    /// Host ports that services want and cannot have, by service.
    ///
    /// Of a port that this process holds and the table routes, only other environments and rules
    /// that come before the table are looked at: no other process can listen there.
    func portConflicts(
        isHasty: Bool
    ) async -> [String: [PortConflict]] {
        guard let desired, !desired.isSuspended else { return [:] }
        let published = desired.services.flatMap(HostPort.all)
        // After a reboot an address may come late: what runs is not kept from its other ports.
        let isLost = isHasty && !hasTable
        let addressed = desired.services.flatMap(AddressedPort.all)
        let foreign = isLost ? [] : await foreignAddressConflicts(addressed, in: table)
        let wanted = served(published, of: desired)
        let unheld = host.withMemory { memory in wanted.filter { !memory.held.contains($0) } }
        let containers = unheld.isEmpty ? [] : await publishedByDocker(desired)
        var conflicts = foreign + wanted.compactMap { table.holder($0, besides: environment) }
        conflicts += unheld.compactMap { containers.conflict($0) }
        conflicts += await listenerConflicts(unheld, besides: containers)
        conflicts += await ruleConflicts(wanted, in: table, besides: containers, environment)
        // One claimant may have a port in both families.
        var seen: Set<PortConflict> = []
        let distinct = conflicts.filter { conflict in
            var bare = conflict
            if !conflict.isOfAddress { bare.address = "" }
            return seen.insert(bare).inserted
        }
        return Dictionary(grouping: distinct, by: \.service)
    }

    /// The ports that come into the table: of IPv6 only where a network of the environment has it.
    private func served(_ ports: [HostPort], of desired: DesiredState) -> [HostPort] {
        let hasSix =
            desired.networks.values.contains { $0.enablesIPv6 }
            || networks.haveIPv6(in: desired.environment)
        return hasSix ? ports : ports.filter { !$0.entryPoint.isIPv6 }
    }

    /// An address may come later, by DHCP or from another host; until then it is not published.
    private func foreignAddressConflicts(
        _ ports: [AddressedPort],
        in table: ObservedTable
    ) async -> [PortConflict] {
        guard !ports.isEmpty else { return [] }
        let ofServices = table.serviceAddresses
        let foreign = (try? await director.foreignAddresses(among: Set(ports.map(\.address)))) ?? []
        return ports.compactMap { port in
            if let owner = ofServices[port.address] { return port.conflict(.serviceAddress(owner)) }
            return foreign.contains(port.address) ? port.conflict(.foreignAddress) : nil
        }
    }

    private func publishedByDocker(_ desired: DesiredState) async -> [DockerPort] {
        guard let summaries = try? await engine.listContainers(all: false) else { return [] }
        let labelled = summaries.filter { $0.labels?[Label.environment] != nil }
        let ours = Set(await host.ours(labelled).map(\.id))
        return summaries.flatMap { summary in
            (summary.ports ?? []).compactMap {
                DockerPort(
                    $0,
                    of: summary,
                    isOurs: ours.contains(summary.id),
                    heir: Adoption.service(of: summary.labels, in: desired)?.name
                )
            }
        }
    }

    private func listenerConflicts(
        _ ports: [HostPort],
        besides containers: [DockerPort]
    ) async -> [PortConflict] {
        guard !ports.isEmpty, let listeners = try? await director.listeners() else { return [] }
        let byPort = Dictionary(grouping: listeners, by: \.port)
        var conflicts: [PortConflict] = []
        for port in ports {
            for listener in byPort[port.number] ?? [] where port.overlaps(listener.claim) {
                // Docker's own processes listen at what it publishes.
                guard !containers.contains(where: { $0.claim.overlaps(listener.claim) }),
                    let claimant = await claimant(listener)
                else { continue }
                conflicts.append(PortConflict(port, at: "\(listener.address)", claimant))
                break
            }
        }
        return conflicts
    }

    /// The process that listens; nil for what is Berth's own.
    private func claimant(_ listener: HostListener) async -> PortConflict.Claimant? {
        guard let owner = await director.owner(of: listener) else {
            // It may have ended since it was listed.
            let listeners = try? await director.listeners()
            let isThere = listeners?.contains(listener) ?? true
            return isThere ? .process(name: "a process", id: nil) : nil
        }
        let state = state
        let controller = try? await disk.run(StateDirectory.subject) { state.controller }
        let controllers = [getpid(), controller]
        // A held port for datagrams looks like a listener.
        guard !controllers.contains(owner.process) else { return nil }
        return .process(name: owner.name, id: owner.process)
    }

    private func ruleConflicts(
        _ ports: [HostPort],
        in table: ObservedTable,
        besides containers: [DockerPort],
        _ environment: String
    ) async -> [PortConflict] {
        // Docker's own rules are for what it publishes.
        let ports = ports.filter { port in !containers.contains { port.overlaps($0.claim) } }
        guard !ports.isEmpty else { return [] }
        let ways = ports.map {
            (
                entryPoint: $0.entryPoint, transport: $0.transport,
                isRouted: table.routes($0, in: environment)
            )
        }
        do {
            let rules = try await director.foreignTranslations(claiming: ways)
            return zip(ports, rules).compactMap { port, rule in
                rule.map { rule in
                    let chain = "\(rule.table) \(rule.chain)"
                    return PortConflict(
                        port,
                        at: port.address.map(\.description) ?? port.anyAddress,
                        .rules(chain, listing: rule.listing)
                    )
                }
            }
        } catch {
            log(.debug, "\(error)")
            return []
        }
    }

    /// Holds the ports that the table is about to route to services, and lets go of others.
    ///
    /// A port that cannot be held is no reason to stop: a process that listens there is found by
    /// the next pass, and a caller's own end of a connection may have the number for a while.
    func holdPorts(of routes: [Route], in environment: String, as table: ObservedTable) async {
        let hasSix = networks.haveIPv6(in: environment)
        let wanted = routes.flatMap { route in
            route.service.map(HostPort.all) ?? table.hostPorts(of: route.name, in: environment)
        }
        .filter { hasSix || !$0.entryPoint.isIPv6 }
        let missing = host.withMemory { memory in
            memory.held.keep(wanted, of: environment)
            return wanted.filter {
                !memory.held.contains($0) && observation.conflicts[$0.service] == nil
            }
        }
        for port in missing {
            do {
                let reservation = try await director.reserve(port.entryPoint, port.transport)
                host.withMemory { $0.held.add(reservation, of: port, in: environment) }
            } catch {
                log(.debug, "\(error)")
            }
        }
    }
}

/// A port to be published at one address of the host; its number may be left to Docker.
struct AddressedPort: Hashable {
    let service: String
    let words: String
    let address: IPAddress

    static func all(of service: Service) -> [AddressedPort] {
        service.ports.compactMap { port in
            guard let text = port.hostAddress, let address = IPAddress(text), !address.isAny
            else { return nil }
            let words =
                port.published.map { "\($0)/\(port.target.transport.rawValue)" }
                ?? "of Docker's choice for \(port.target)"
            return AddressedPort(service: service.name, words: words, address: address)
        }
    }

    fileprivate func conflict(_ claimant: PortConflict.Claimant) -> PortConflict {
        PortConflict(service: service, port: words, address: "\(address)", claimant: claimant)
    }
}

/// A port that Docker publishes for a container.
private struct DockerPort {
    let claim: PortClaim
    let address: String
    let container: ContainerSummary
    /// Whether Berth had it published for Docker's sake alone, at a port of Docker's choice.
    let isIdle: Bool
    /// The service that is to take the container's place.
    let heir: String?

    /// Nil for a port that is not published.
    init?(
        _ port: DockerEngine.PublishedPort,
        of container: ContainerSummary,
        isOurs: Bool,
        heir: String?
    ) {
        guard let number = port.publicPort.flatMap({ UInt16(exactly: $0) }),
            let transport = Traffic.TransportProtocol(rawValue: port.type)
        else { return nil }
        let address = port.ip.flatMap { IPAddress($0) } ?? .four(.any)
        claim = PortClaim(address, port: number, transport)
        self.address = "\(address)"
        self.container = container
        self.heir = heir
        isIdle = isOurs && address == .four(.loopback)
    }
}

extension [DockerPort] {
    /// The first container that has the port.
    fileprivate func conflict(_ port: HostPort) -> PortConflict? {
        first { !$0.isIdle && $0.heir != port.service && port.overlaps($0.claim) }.map { found in
            let claimant = PortConflict.Claimant.container(
                name: found.container.name ?? String(found.container.id.prefix(12)),
                project: found.container.labels?[Label.composeProject]
            )
            return PortConflict(port, at: found.address, claimant)
        }
    }
}

extension PortConflict {
    fileprivate init(_ port: HostPort, at address: String, _ claimant: Claimant) {
        self.init(service: port.service, port: port.words, address: address, claimant: claimant)
    }
}

extension HostPort {
    /// How all addresses of the port's family are written.
    fileprivate var anyAddress: String { entryPoint.isIPv6 ? "::" : "0.0.0.0" }
}

extension Networks {
    /// Whether an environment's host ports are served over IPv6.
    fileprivate func haveIPv6(in environment: String) -> Bool {
        byName.values.contains {
            owner(of: $0) == environment && subnet6($0.name) != nil
        }
    }
}

extension ObservedTable {
    /// The host's ports that are routed to a service, described or not.
    func hostPorts(of service: String, in environment: String) -> [HostPort] {
        chains(of: service, in: environment).flatMap { name, entryPoints in
            entryPoints.compactMap { entryPoint in
                name.target.flatMap {
                    HostPort(service: service, entryPoint: entryPoint, transport: $0.transport)
                }
            }
        }
    }

    /// Whose the addresses are that stand for services, of all environments.
    fileprivate var serviceAddresses: [IPAddress: String] {
        serviceEntryPoints.reduce(into: [:]) { owners, entryPoint in
            let name = entryPoint.name
            owners[.four(entryPoint.address)] = "\(name.environment)/\(name.service)"
        }
    }

    /// The service addresses of other environments, also of those that another process controls.
    func serviceAddresses(
        in networks: Networks,
        besides environment: String
    ) -> [(ServiceAddresses.Key, IPv4Address)] {
        let own = ChainName(environment: environment, service: "", target: nil).environment
        let names = Dictionary(
            networks.byName.keys.compactMap { name in networks.bridge(name).map { ($0, name) } },
            uniquingKeysWith: { first, _ in first }
        )
        return serviceEntryPoints.compactMap { name, address, bridge in
            guard name.environment != own, let network = names[bridge] else { return nil }
            let key = ServiceAddresses.Key(
                environment: name.environment,
                service: name.service,
                network: network
            )
            return (key, address)
        }
    }

    private var serviceEntryPoints: [(name: ChainName, address: IPv4Address, bridge: String)] {
        services.flatMap { name, chain in
            chain.entryPoints.compactMap { entryPoint in
                guard case .service(let address, let bridge) = entryPoint else { return nil }
                return (name, address, bridge)
            }
        }
    }

    /// Whether the port is routed to the service already.
    fileprivate func routes(_ port: HostPort, in environment: String) -> Bool {
        let own = ChainName(environment: environment, service: port.service, target: nil)
        return services.contains { name, chain in
            name.environment == own.environment && name.service == own.service
                && name.target?.transport == port.transport
                && chain.entryPoints.contains(port.entryPoint)
        }
    }

    /// A service of another environment that has the port, at any of its addresses.
    fileprivate func holder(_ port: HostPort, besides environment: String) -> PortConflict? {
        let own = ChainName(environment: environment, service: port.service, target: nil)
        let holders = services.lazy.filter { $0.key.environment != own.environment }
            .compactMap { name, chain -> (name: ChainName, port: HostPort)? in
                let ports = chain.entryPoints.compactMap { entryPoint in
                    name.target.flatMap {
                        HostPort(
                            service: name.service,
                            entryPoint: entryPoint,
                            transport: $0.transport
                        )
                    }
                }
                let taken = ports.first { other in
                    other.number == port.number && other.claim.map(port.overlaps) == true
                }
                return taken.map { (name, $0) }
            }
        // Always the same one, so that it is told once.
        return holders.min { $0.name < $1.name }.map { name, taken in
            PortConflict(
                port,
                at: taken.address.map(\.description) ?? taken.anyAddress,
                .service("\(name.environment)/\(name.service)")
            )
        }
    }
}
