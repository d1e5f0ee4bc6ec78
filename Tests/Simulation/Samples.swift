import Addresses
package import Model

/// Goals and intents for tests: a service that differs between versions in one label.
package enum Samples {
    /// A service of the given version that publishes port 80.
    package static func service(_ name: String = "web", _ version: String) -> Service {
        guard let image = try? ImageName("registry.example/\(name):\(version)") else {
            preconditionFailure("a sample's image is well-formed")
        }
        var service = Service(
            name: name,
            location: SourceLocation(file: "environments/prod.yaml", line: 1, column: 1),
            version: version,
            image: image,
            ports: [PublishedPort(target: ContainerPort(80), published: 8_080)]
        )
        service.container.labels = ["version": version]
        return service
    }

    /// A goal of the given version, changed by `adjust`.
    package static func goal(
        _ name: String = "web",
        _ version: String,
        adjust: (inout Service) -> Void = { _ in }
    ) -> Goal {
        var service = service(name, version)
        adjust(&service)
        return Goal(service, image: .sample(version))
    }

    /// A container of a service that Compose created; `number` makes it the only one of its ID and
    /// address.
    static func adopted(
        _ service: Service,
        _ version: String,
        _ slot: Int,
        _ number: Int
    ) -> Container {
        let start = Moment(milliseconds: 1_799_999_000_000)
        var container = Container(
            id: "\(number)".padding(to: 64),
            name: ContainerName(adopted: "shop_\(service.name)_\(slot)"),
            service: service.name,
            slot: slot,
            spec: .sample("shop \(service.name) \(slot)"),
            generation: 0,
            version: version,
            revision: "",
            image: service.image,
            state: .running,
            health: .none,
            restarts: 0,
            created: start,
            started: start,
            address: IPv4Address("172.30.0.\(200 + number)")
        )
        container.project = "shop"
        container.isKeptUp = true
        return container
    }

    /// Computing a spec takes longer than a whole simulated run, so the usual ones are made once.
    private static let goals: [String: Goal] = {
        var goals: [String: Goal] = [:]
        for name in ["web", "db", "job"] {
            for version in 1...4 { goals["\(name) v\(version)"] = goal(name, "v\(version)") }
        }
        return goals
    }()

    /// A goal of the given version, changed by `adjust` in what does not make its spec.
    package static func cached(
        _ name: String,
        _ version: String,
        adjust: (inout Service) -> Void
    ) -> Goal {
        var goal = goals["\(name) \(version)"] ?? goal(name, version)
        adjust(&goal.service)
        return goal
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        self + String(repeating: "f", count: Swift.max(length - count, 0))
    }
}
