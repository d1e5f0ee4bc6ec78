import Addresses
import Digests
import Model
import Simulation
import XCTest

@testable import Rollouts

/// A service's containers, written one a line, and what the rollout makes of them.
///
/// `1.g2 v2 running ready` is slot 1's candidate of generation 2, of version 2, which runs and
/// accepts connections. The words after the version:
/// - `created`, `running`, `restarting`, `paused`, `exited`, `exited=1`, `dead`: the state;
/// - `starting`, `healthy`, `unhealthy`: the health check; `ready`, `refusing`: Berth's own look;
/// - `table` or `table=7`: serving, for so many seconds; `age=7`, `ended=7`: started, ended so many
///   seconds ago; `restarts=1`;
///   `made=7`: created so many seconds ago (1,000 if not said); `idle=7`, `open=3`: out of the table, with connections;
///   `stopping`: a stop is under way; `adopted`: created by Compose; `always`:
///   Docker starts it again whenever it ends.
struct Scene {
    static let now = Moment(milliseconds: 1_800_000_000_000)
    var goal: Goal
    var fallback: Goal?
    var intent: ServiceIntent?
    var memory = ReleaseRecord.OfService()
    var daemonStarted: Moment?
    private(set) var observed = ObservedState()

    init(_ version: String = "v2", _ lines: [String], adjust: (inout Service) -> Void = { _ in }) {
        goal = Samples.goal("web", version, adjust: adjust)
        for line in lines { add(line, adjust) }
    }

    private mutating func add(_ line: String, _ adjust: (inout Service) -> Void) {
        let words = line.split(separator: " ").map(String.init)
        let parts = words[0].split(separator: ".", maxSplits: 1).map(String.init)
        let base = "prod-web-\(parts[0])"
        let suffix = parts.count > 1 ? "." + parts[1] : ""
        let name = ContainerName(base + suffix, base: base) ?? ContainerName(base: base)
        let generation: Int =
            switch name.role {
            case .committed: 1
            case .candidate(let number), .retired(let number), .withdrawn(let number),
                .failed(let number):
                number
            }
        let goal = Samples.goal("web", words[1], adjust: adjust)
        var container = Container(
            id: words[0],
            name: name,
            service: "web",
            slot: Int(parts[0]) ?? 1,
            spec: goal.spec,
            generation: generation,
            version: words[1],
            revision: "",
            image: goal.image,
            state: .created,
            health: .none,
            created: Self.ago(1_000),
            address: IPv4Address("172.30.0.\(observed.containers.count + 2)")
        )
        for word in words.dropFirst(2) { apply(word, to: &container) }
        if container.state == .running, container.started == nil {
            container.started = Self.ago(60)
        }
        observed.containers.append(container)
        for word in words.dropFirst(2) { note(word, of: container) }
    }

    private func apply(_ word: String, to container: inout Container) {
        let parts = word.split(separator: "=").map(String.init)
        let value = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        switch parts[0] {
        case "running": container.state = .running
        case "restarting": container.state = .restarting
        case "paused": container.state = .paused
        case "dead": container.state = .dead
        case "exited": container.state = .exited(code: value)
        case "starting", "healthy", "unhealthy":
            container.health = Container.Health(rawValue: parts[0]) ?? .none
        case "age": container.started = Self.ago(value)
        case "ended": container.finished = Self.ago(value)
        case "made": container.created = Self.ago(value)
        case "restarts": container.restarts = value
        case "gen": container.generation = value
        case "adrift": container.address = nil
        case "lost": container.lostNetworks = ["prod_default"]
        case "always": container.isKeptUp = true
        case "adopted":
            container.project = "shop"
            container.generation = 0
        default: break
        }
    }

    private mutating func note(_ word: String, of container: Container) {
        let parts = word.split(separator: "=").map(String.init)
        let value = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        switch parts[0] {
        case "ready": observed.acceptance[container.id] = .accepting
        case "refusing": observed.acceptance[container.id] = .refusing("port 80 refuses")
        case "idle": observed.idleSince[container.id] = Self.ago(value)
        case "open": observed.connections[container.id] = value
        case "stopping": observed.stopping.insert(container.id)
        case "table":
            let since = parts.count > 1 ? Self.ago(value) : Self.ago(60)
            let backend = Backend(
                slot: container.slot,
                generation: container.generation,
                container: container.id,
                address: container.address,
                since: since
            )
            observed.serving["web", default: []].append(backend)
        default: break
        }
    }

    static func ago(_ seconds: Int) -> Moment { now + .seconds(-seconds) }

    func decide(at moment: Moment = now) -> ServiceDecision {
        var observed = observed
        observed.daemonStarted = daemonStarted
        let rollout = Rollout(
            intents: ["web": intent ?? .run(goal, fallback: fallback)],
            memory: ReleaseRecord(services: ["web": memory])
        )
        return rollout.decide(observed, at: moment)["web"]
            ?? ServiceDecision(version: nil, slots: 0)
    }
}

extension ServiceDecision {
    /// The steps in a few words, `;` between them.
    var told: String {
        steps.map { step in
            switch step {
            case .create(let goal, let slot, let generation):
                "create \(slot).g\(generation) \(goal.service.version ?? "")"
            case .start(let container): "start \(container.id)"
            case .unpause(let container): "unpause \(container.id)"
            case .stop(let container): "stop \(container.id)"
            case .remove(let container): "remove \(container.id)"
            case .rename(let container, let role):
                "rename \(container.id) \(ContainerName(base: "\(container.slot)", role: role))"
            }
        }.joined(separator: "; ")
    }

    var table: String { backends.map(\.container).joined(separator: " ") }
}

extension Scene {
    mutating func place(_ container: Container, _ backend: Backend) {
        observed.containers.append(container)
        observed.serving[container.service, default: []].append(backend)
    }
}
