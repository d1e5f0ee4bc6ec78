import Addresses
import Digests
import Glibc
import Model
import Planning
import Rollouts
import Synchronization

@testable import Controller

/// What was seen of the host in memory; it changes when told to, whatever was seen.
struct FakeSnapshot: HostSnapshot {
    let host: FakeHost
    let desired: DesiredState?
    let observation: Observation

    func prepare() async throws -> (after: any HostSnapshot, missing: PreparationError) {
        (self, try host.prepare())
    }

    func route(_ routes: [Route]) async throws -> [FieldDifference] { host.route(routes) }

    func perform(_ step: Step) async throws {
        guard let desired else { return }
        try await host.perform(step, in: desired)
    }

    func fieldDifferences(
        _ pairs: [(container: Container, goal: Goal)]
    ) async throws -> [String: [FieldDifference]] { [:] }

    func trafficDifferences(_ routes: [Route]) -> [String: [FieldDifference]] { [:] }
}

/// A host in memory, with Docker's rules as far as the loop sees them.
final class FakeHost: Host {
    struct State {
        var containers: [Container] = []
        var serving: [String: [Backend]] = [:]
        var preparations: [String] = []
        /// What preparing throws.
        var preparationFailure: String?
        /// The services that it fails for; all if nil.
        var unprepared: [Service]?
        var hasTable = true
        var conflicts: [String: [PortConflict]] = [:]
        var writeConflicts: [String: [WriteConflict]] = [:]
        var refusals: [String: String] = [:]
        var localImages: [String: Digest] = [:]
        /// A file that every service needs and that is not there.
        var missingFile: String?
        /// Every call that would change something, in order.
        var calls: [String] = []
        var looks = 0
        /// What the next looks throw.
        var blindness: String?
        /// What steps whose words begin so throw, and how often they still do.
        var failures: [String: (reason: String, count: Int)] = [:]
        var made = 0
        /// Steps whose words begin so go on once this lets them.
        var held: Set<String> = []
        /// Containers of these versions end as soon as they are started.
        var broken: Set<String> = []
    }

    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    let state = Mutex(State())
    private let clock: @Sendable () -> Moment

    init(clock: @escaping @Sendable () -> Moment = { Sample.now }) {
        self.clock = clock
    }

    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    var now: State { state.withLock { $0 } }

    /// Puts a running container there, and traffic to it.
    func add(_ container: Container) {
        change { state in
            state.containers.append(container)
            state.serving[container.service, default: []].append(
                Backend(
                    slot: container.slot,
                    generation: container.generation,
                    container: container.id,
                    address: container.address,
                    since: container.created
                )
            )
        }
    }

    func observe(_ request: ObserveRequest) async throws -> any HostSnapshot {
        FakeSnapshot(host: self, desired: request.desired, observation: try look())
    }

    private func look() throws -> Observation {
        try state.withLock { state in
            state.looks += 1
            if let blindness = state.blindness { throw Refusal(description: blindness) }
            var observed = ObservedState(containers: state.containers, serving: state.serving)
            for container in state.containers where container.state == .running {
                observed.acceptance[container.id] = .accepting
                observed.connections[container.id] = 0
            }
            return Observation(
                state: observed,
                preparations: state.preparations,
                hasTable: state.hasTable,
                conflicts: state.conflicts,
                writeConflicts: state.writeConflicts,
                refusals: state.refusals
            )
        }
    }

    func prepare() throws -> PreparationError {
        try state.withLock { state in
            state.calls += state.preparations.map { "prepare \($0)" }
            var missing = PreparationError()
            if let failure = state.preparationFailure {
                let refusal = Refusal(description: failure)
                guard let services = state.unprepared else { throw refusal }
                missing.add(refusal, for: services)
            } else {
                state.preparations = []
            }
            return missing
        }
    }

    func route(_ routes: [Route]) -> [FieldDifference] {
        state.withLock { state in
            var moved: [FieldDifference] = []
            state.hasTable = true
            for route in routes where state.serving[route.name] ?? [] != route.backends {
                let words = { (backends: [Backend]) in
                    backends.map { "\($0.slot).g\($0.generation)" }.joined(separator: " ")
                }
                moved.append(
                    FieldDifference(
                        field: route.name,
                        desired: words(route.backends),
                        actual: words(state.serving[route.name] ?? [])
                    )
                )
                state.calls.append("route \(route.name) \(words(route.backends))")
                state.serving[route.name] = route.backends.isEmpty ? nil : route.backends
            }
            return moved
        }
    }

    func withdraw(_ container: String, from environment: String) async throws {
        change { $0.calls.append("withdraw \(container)") }
    }

    func perform(_ step: Step, in desired: DesiredState) async throws {
        let now = clock()
        let words = Self.words(step)
        change { $0.calls.append(words) }
        while self.now.held.contains(where: words.hasPrefix) {
            try await Task.sleep(for: .milliseconds(1))
        }
        try state.withLock { state in
            for (prefix, failure) in state.failures where words.hasPrefix(prefix) {
                guard failure.count > 0 else { continue }
                state.failures[prefix]?.count -= 1
                throw Refusal(description: failure.reason)
            }
            Self.perform(step, in: desired, at: now, &state)
        }
    }

    private static func perform(
        _ step: Step,
        in desired: DesiredState,
        at now: Moment,
        _ state: inout State
    ) {
        func change(_ container: Container, _ change: (inout Container) -> Void) {
            guard let index = state.containers.firstIndex(where: { $0.id == container.id }) else {
                return
            }
            change(&state.containers[index])
        }
        switch step {
        case .create(let goal, let slot, let generation):
            state.made += 1
            let number = state.made
            let candidate = Sample.container(goal.service, slot: slot) { container in
                container.id = "made-\(number)"
                container.name.role = .candidate(generation: generation)
                container.spec = goal.spec
                container.generation = generation
                container.revision = desired.revision.id
                container.image = goal.image
                container.state = .created
                container.created = now
                container.started = nil
                container.address = IPv4Address("172.30.0.\(100 + number)")
            }
            state.containers.append(candidate)
        case .start(let container):
            let isBroken = state.broken.contains(container.version)
            change(container) { container in
                container.state = isBroken ? .exited(code: 3) : .running
                container.started = now
                container.finished = isBroken ? now : nil
            }
        case .unpause(let container): change(container) { $0.state = .running }
        case .rename(let container, let role): change(container) { $0.name.role = role }
        case .stop(let container):
            change(container) { container in
                container.state = .exited(code: 143)
                container.finished = now
            }
        case .remove(let container): state.containers.removeAll { $0.id == container.id }
        }
    }

    static func words(_ step: Step) -> String {
        switch step {
        case .create(let goal, let slot, let generation):
            "create \(goal.service.name)/\(slot).g\(generation) \(goal.service.version ?? "")"
        case .start(let container): "start \(container.name)"
        case .unpause(let container): "unpause \(container.name)"
        case .rename(let container, let role):
            "rename \(container.name) \(ContainerName(base: container.name.base, role: role))"
        case .stop(let container): "stop \(container.name)"
        case .remove(let container): "remove \(container.name)"
        }
    }

    func localDigest(of image: ImageName) async throws -> Digest? {
        now.localImages[image.familiar]
    }

    func digests(
        of service: Service,
        in desired: DesiredState
    ) async throws -> [String: Digest] {
        guard let path = now.missingFile else { return [:] }
        throw HostFileError(path: path, reason: .system(ENOENT))
    }
}
