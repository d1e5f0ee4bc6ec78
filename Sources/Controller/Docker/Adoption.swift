internal import Digests
internal import DockerEngine
internal import Model

/// The containers of the Compose project that an environment takes over.
struct Adoption {
    /// A container that Berth is to replace, with Docker's record of it.
    struct Incumbent {
        let summary: ContainerSummary
        fileprivate(set) var container: Container
        /// The network that traffic is sent to it through; nil where it is on none.
        let network: String?
    }

    private(set) var incumbents: [Incumbent] = []
    /// Containers of the project that no service of the environment replaces: they are left alone.
    private(set) var bystanders: [ContainerSummary] = []

    /// Whether the project has no container here.
    var isEmpty: Bool { incumbents.isEmpty && bystanders.isEmpty }

    /// Nothing is taken over.
    init() {}

    /// Sorts the project's containers; `own` are those of Berth that are there.
    ///
    /// Compose leaves gaps in the numbers. A container whose number is beyond the replicas takes a
    /// slot that has none yet, Compose's or committed.
    init(
        of summaries: [ContainerSummary],
        besides own: [Container],
        by desired: DesiredState,
        in layout: HostLayout
    ) {
        var taken: [String: Set<Int>] = [:]
        for container in own where container.name.role == .committed {
            taken[container.service, default: []].insert(container.slot)
        }
        var beyond: [Incumbent] = []
        for summary in summaries where summary.labels?[Label.environment] == nil {
            guard let incumbent = Incumbent(summary, by: desired, in: layout) else {
                bystanders.append(summary)
                continue
            }
            let container = incumbent.container
            let replicas = desired.service(named: container.service)?.replicas ?? 0
            guard container.slot <= replicas else {
                beyond.append(incumbent)
                continue
            }
            taken[container.service, default: []].insert(container.slot)
            incumbents.append(incumbent)
        }
        for var incumbent in beyond.sorted(by: { $0.container.slot < $1.container.slot }) {
            let service = incumbent.container.service
            let replicas = desired.service(named: service)?.replicas ?? 0
            let free = (1...max(replicas, 1)).prefix(replicas)
                .first { taken[service]?.contains($0) != true }
            if let free {
                incumbent.container.slot = free
                taken[service, default: []].insert(free)
            }
            incumbents.append(incumbent)
        }
    }

    /// The service that a container is to be replaced by; nil for a container that is left alone.
    static func service(of labels: [String: String]?, in desired: DesiredState) -> Service? {
        guard let labels, let project = desired.adoptedProject, labels[Label.environment] == nil,
            labels[Label.composeProject] == project,
            labels[Label.composeOneOff]?.lowercased() != "true",
            let service = labels[Label.composeService].flatMap(desired.service(named:))
        else { return nil }
        return service
    }
}

extension Adoption.Incumbent {
    fileprivate init?(
        _ summary: ContainerSummary,
        by desired: DesiredState,
        in layout: HostLayout
    ) {
        guard let service = Adoption.service(of: summary.labels, in: desired),
            let name = summary.name,
            let slot = summary.labels?[Label.composeNumber].flatMap({ Int($0) }),
            ContainerReading.slots.contains(slot)
        else { return nil }
        let wanted = DockerSnapshot.networkKeys(of: service)
            .map { layout.networkName($0, in: desired) }
        let addressed = summary.networks.filter { $0.value.ipAddress?.isEmpty == false }.keys
            .sorted()
        network = addressed.first(where: wanted.contains) ?? addressed.first
        let image = summary.image.flatMap { try? ImageName($0) } ?? service.image
        var container = Container(
            id: summary.id,
            name: ContainerName(adopted: name),
            service: service.name,
            slot: slot,
            // No goal has it, so the container is to be replaced.
            spec: Digest(hashing: Array(summary.id.utf8)),
            generation: 0,
            version: image.tag ?? "latest",
            revision: "",
            image: image,
            state: ContainerReading.state(summary.state, exitCode: summary.exitCode ?? 0),
            health: Container.Health(rawValue: summary.health.rawValue) ?? .none,
            created: Moment(milliseconds: (summary.created ?? 0) * 1_000),
            address: network.flatMap { ContainerReading.address(summary.networks[$0]) },
            mounts: ContainerReading.mounts(summary.mounts ?? [])
        )
        container.project = desired.adoptedProject
        self.container = container
        self.summary = summary
    }
}

/// Two environments of one host want the same containers.
struct AdoptedTwice: Error, CustomStringConvertible {
    let project: String
    let adopter: String

    var description: String {
        "the Compose project \(project) is taken over by the environment \(adopter) already; "
            + "remove adopts from one of the two"
    }
}
