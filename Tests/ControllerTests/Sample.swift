import Addresses
import Digests
import Model

/// Values to begin with.
enum Sample {
    static let now = Moment(milliseconds: 1_800_000_000_000)

    static func digest(_ version: String) -> Digest { Digest(hashing: Array(version.utf8)) }

    static func service(
        _ name: String = "web",
        _ version: String = "1",
        _ adjust: (inout Service) -> Void = { _ in }
    ) throws -> Service {
        var service = Service(
            name: name,
            location: SourceLocation(file: "environments/prod.yaml", line: 3, column: 3),
            version: version,
            image: try ImageName("registry.example/\(name):\(version)"),
            update: UpdatePolicy(monitor: .seconds(1)),
            drainTimeout: .seconds(1)
        )
        adjust(&service)
        return service
    }

    static func revision(_ number: Int) -> Revision {
        Revision(
            id: String(repeating: "\(number)", count: 40),
            author: "First Author",
            date: now,
            subject: "Change \(number)"
        )
    }

    static func desired(
        _ services: [Service],
        revision number: Int = 1,
        adjust: (inout DesiredState) -> Void = { _ in }
    ) -> DesiredState {
        var desired = DesiredState(
            environment: "prod",
            revision: revision(number),
            services: services
        )
        adjust(&desired)
        return desired
    }

    static func goal(_ service: Service) -> Goal {
        Goal(service, image: digest(service.version ?? ""))
    }

    /// A running, committed container of a service.
    static func container(
        _ service: Service,
        slot: Int = 1,
        _ adjust: (inout Container) -> Void = { _ in }
    ) -> Container {
        let goal = goal(service)
        var container = Container(
            id: "\(service.name)-\(slot)-\(service.version ?? "")",
            name: ContainerName(base: "prod-\(service.name)-\(slot)"),
            service: service.name,
            slot: slot,
            spec: goal.spec,
            generation: 1,
            version: service.version ?? "",
            revision: revision(1).id,
            image: goal.image,
            state: .running,
            health: .none,
            restarts: 0,
            created: now,
            started: now,
            address: IPv4Address("172.30.0.\(slot + 1)")
        )
        adjust(&container)
        return container
    }
}
