internal import DockerEngine
internal import Foundation
internal import Model
internal import Platform
internal import Traffic

extension DockerHost {
    /// Host ports that services want and somebody else has, by service.
    ///
    /// A port that this process holds is not asked about: nobody else can listen there.
    func portConflicts(
        _ scene: Scene,
        in table: ObservedTable
    ) async -> [String: [PortConflict]] {
        guard let desired = scene.desired, !desired.isSuspended else { return [:] }
        let wanted = desired.services.flatMap(HostPort.all)
        let unheld = withMemory { memory in wanted.filter { !memory.held.contains($0) } }
        var conflicts = wanted.compactMap { table.holder($0, besides: scene.environment) }
        conflicts += await listenerConflicts(unheld)
        // The table comes before everybody's rules, so what it has already is not taken back.
        conflicts += await ruleConflicts(unheld.filter { !table.leads($0, in: scene.environment) })
        return Dictionary(grouping: conflicts, by: \.service)
    }

    private func listenerConflicts(_ ports: [HostPort]) async -> [PortConflict] {
        guard !ports.isEmpty, let listeners = try? await director.listeners() else { return [] }
        let blocked = ports.flatMap { port in
            listeners.filter { $0.blocks(port.entrance, port.transport) }.map { (port, $0) }
        }
        guard !blocked.isEmpty else { return [] }
        let published = PublishedByDocker((try? await engine.listContainers(all: false)) ?? [])
        var conflicts: [PortConflict] = []
        var seen: Set<HostPort> = []
        for (port, listener) in blocked where !seen.contains(port) {
            guard let claimant = await claimant(listener, published) else { continue }
            seen.insert(port)
            conflicts.append(
                PortConflict(
                    service: port.service,
                    port: port.words,
                    address: "\(listener.address)",
                    claimant: claimant
                )
            )
        }
        return conflicts
    }

    /// Who listens; nil for what is Berth's own.
    private func claimant(
        _ listener: HostListener,
        _ published: PublishedByDocker
    ) async -> PortConflict.Claimant? {
        if published.isOurs(listener) { return nil }
        if let container = published.claimant(listener) { return container }
        guard let owner = await director.owner(of: listener) else {
            // It may have ended since it was listed.
            let listeners = try? await director.listeners()
            let isThere = listeners?.contains(listener) ?? true
            return isThere ? .process(name: "a process", id: nil) : nil
        }
        let controllers = [getpid(), FileLock.holder(path: layout.lock)]
        // A held port for datagrams looks like a listener.
        guard !controllers.contains(owner.process) else { return nil }
        return .process(name: owner.name, id: owner.process)
    }

    private func ruleConflicts(_ ports: [HostPort]) async -> [PortConflict] {
        guard !ports.isEmpty else { return [] }
        let ways = ports.map { (entrance: $0.entrance, transport: $0.transport) }
        do {
            let rules = try await director.foreignTranslations(claiming: ways)
            return zip(ports, rules).compactMap { port, rule in
                rule.map { rule in
                    PortConflict(
                        service: port.service,
                        port: port.words,
                        address: rule.address.map(\.description) ?? "0.0.0.0",
                        claimant: .rules("\(rule.table) \(rule.chain)")
                    )
                }
            }
        } catch {
            log(.debug, "\(error)")
            return []
        }
    }

    /// Holds the ports that the table is about to lead to services, and lets go of others.
    ///
    /// A port that cannot be held is no reason to stop: whoever listens there is found by the next
    /// look, and a caller's own end of a connection may have the number for a while.
    func holdPorts(of routes: [Route], in environment: String, as table: ObservedTable) async {
        let wanted = routes.flatMap { route in
            route.service.map(HostPort.all) ?? table.hostPorts(of: route.name, in: environment)
        }
        let missing = withMemory { memory in
            memory.held.keep(wanted, of: environment)
            let obstructed = memory.obstructed[environment] ?? []
            return wanted.filter { !memory.held.contains($0) && !obstructed.contains($0.service) }
        }
        for port in missing {
            do {
                let reservation = try await director.reserve(
                    port.port,
                    port.transport,
                    at: port.address
                )
                withMemory { $0.held.add(reservation, of: port, in: environment) }
            } catch {
                log(.debug, "\(error)")
            }
        }
    }
}

/// The host ports that Docker's containers publish.
private struct PublishedByDocker {
    private struct Key: Hashable {
        let port: Int
        let transport: String
    }

    private var containers: [Key: ContainerSummary] = [:]

    init(_ summaries: [ContainerSummary]) {
        for summary in summaries {
            for port in summary.ports ?? [] {
                guard let number = port.publicPort else { continue }
                containers[Key(port: number, transport: port.type)] = summary
            }
        }
    }

    private func container(_ listener: HostListener) -> ContainerSummary? {
        containers[Key(port: Int(listener.port), transport: listener.transport.rawValue)]
    }

    /// Where Docker publishes a port of our containers once more, for itself alone.
    func isOurs(_ listener: HostListener) -> Bool {
        container(listener)?.labels?[Label.environment] != nil
    }

    func claimant(_ listener: HostListener) -> PortConflict.Claimant? {
        container(listener).map { summary in
            .container(
                name: summary.name ?? String(summary.id.prefix(12)),
                project: summary.labels?[Label.composeProject]
            )
        }
    }
}

extension ObservedTable {
    /// The host's ports that lead to a service, described or not.
    func hostPorts(of service: String, in environment: String) -> [HostPort] {
        chains(of: service, in: environment).flatMap { name, entrances in
            entrances.compactMap { entrance in
                name.target.flatMap {
                    HostPort(service: service, entrance: entrance, transport: $0.transport)
                }
            }
        }
    }

    /// Whether the port leads to the service already.
    fileprivate func leads(_ port: HostPort, in environment: String) -> Bool {
        let own = ChainName(environment: environment, service: port.service, target: nil)
        return services.contains { name, chain in
            name.environment == own.environment && name.service == own.service
                && name.target?.transport == port.transport
                && chain.entrances.contains(port.entrance)
        }
    }

    /// A service of another environment that has the port.
    fileprivate func holder(_ port: HostPort, besides environment: String) -> PortConflict? {
        let own = ChainName(environment: environment, service: port.service, target: nil)
        let holder = services.first { name, chain in
            name.environment != own.environment && name.target?.transport == port.transport
                && chain.entrances.contains(port.entrance)
        }
        return holder.map { name, _ in
            PortConflict(
                service: port.service,
                port: port.words,
                address: port.address.map(\.description) ?? "0.0.0.0",
                claimant: .service("\(name.environment)/\(name.service)")
            )
        }
    }
}
