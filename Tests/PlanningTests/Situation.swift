import Digests
import Model
import Planning

/// One service against one host, to change one thing about.
struct Situation {
    static let now = Moment(milliseconds: 1_800_000_000_000)

    var services: [Service]
    var goals: [String: Goal]
    var containers: [Container] = []
    var inputs = DriftInputs()
    var prunes = true

    /// A service `web` of version 2 with `replicas` slots, and nothing on the host.
    init(replicas: Int = 1, _ adjust: (inout Service) -> Void = { _ in }) throws {
        var service = Service(
            name: "web",
            location: SourceLocation(file: "environments/prod.yaml", line: 3, column: 3),
            version: "2",
            image: try ImageName("registry.example/web:2"),
            replicas: replicas
        )
        adjust(&service)
        services = [service]
        goals = ["web": Goal(service, image: Self.image("2"))]
    }

    static func image(_ version: String) -> Digest { Digest(hashing: Array(version.utf8)) }

    var goal: Goal? { goals["web"] }

    /// A running container of a slot, as the goal says unless `adjust` changes it.
    func container(
        slot: Int = 1,
        role: ContainerName.Role = .committed,
        _ adjust: (inout Container) -> Void = { _ in }
    ) throws -> Container {
        let name = ContainerName(base: "prod-web-\(slot)", role: role)
        var container = Container(
            id: "id of \(name)",
            name: name,
            service: "web",
            slot: slot,
            spec: goal?.spec ?? Self.image("no goal"),
            generation: 1,
            version: "2",
            revision: "",
            image: try ImageName("registry.example/web:2").withDigest(Self.image("2")),
            state: .running,
            health: .none,
            created: Self.now
        )
        adjust(&container)
        return container
    }

    /// A container of version 1 that Compose created.
    func adopted() throws -> Container {
        try container { container in
            container.id = "id of shop_web_1"
            container.name = ContainerName(adopted: "shop_web_1")
            container.spec = Self.image("shop")
            container.version = "1"
            container.generation = 0
            container.project = "shop"
        }
    }

    /// A container of version 1 in a slot.
    func old(slot: Int = 1, role: ContainerName.Role = .committed) throws -> Container {
        let image = try ImageName("registry.example/web:1").withDigest(Self.image("1"))
        return try container(slot: slot, role: role) { container in
            container.version = "1"
            container.spec = Self.image("old spec")
            container.image = image
        }
    }

    var comparison: Comparison {
        Comparison(
            desired: DesiredState(
                environment: "prod",
                revision: Revision(
                    id: String(repeating: "a", count: 40),
                    author: "First Author",
                    date: Self.now,
                    subject: "Go"
                ),
                prunes: prunes,
                services: services
            ),
            goals: goals,
            observed: ObservedState(containers: containers),
            inputs: inputs
        )
    }

    /// The plan's changes as `action subject from>to: reason`.
    func plan(refusals: [String: String] = [:]) -> [String] {
        Plan(comparison, refusals: refusals).changes.map { change in
            "\(change.action.rawValue) \(change.subject) \(change.from)>\(change.to): "
                + change.reason
        }
    }

    /// The drift rows as `kind subject field desired/actual`.
    var drift: [String] {
        comparison.drift.map { row in
            "\(row.kind.rawValue) \(row.subject) \(row.field) \(row.desired)/\(row.actual)"
        }
    }
}
