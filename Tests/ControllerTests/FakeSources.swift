import Digests
import Model
import Registry
import Synchronization

@testable import Controller

/// Desired states from memory.
final class FakeFleet: FleetSource {
    private struct State {
        var wanted: Wanted
        var older: [String: DesiredState] = [:]
    }

    private let state: Mutex<State>

    init(_ desired: DesiredState) {
        state = Mutex(
            State(wanted: Wanted(tip: desired.revision, desired: desired, problems: []))
        )
    }

    /// A new commit.
    func commit(_ desired: DesiredState) {
        state.withLock { state in
            if let old = state.wanted.desired { state.older[old.revision.id] = old }
            state.wanted = Wanted(tip: desired.revision, desired: desired, problems: [])
        }
    }

    /// A commit that cannot be used.
    func commitBroken(_ revision: Revision, _ problem: Diagnostic) {
        state.withLock { state in
            state.wanted.tip = revision
            state.wanted.problems = [problem]
        }
    }

    func refresh() async throws -> Refresh {
        Refresh(previous: nil, current: state.withLock { $0.wanted.tip }, isRewritten: false)
    }

    func desired(for environment: String) async throws -> Wanted {
        state.withLock { $0.wanted }
    }

    func desired(for environment: String, at revision: String) async throws -> DesiredState? {
        state.withLock { $0.older[revision] }
    }

    func environments() async throws -> [String] { ["prod"] }

    func author(of location: SourceLocation, at revision: String) async -> Revision? { nil }
}

/// A registry in memory: every tag is there, with the digest of its version, unless told otherwise.
final class FakeTags: TagSource {
    struct Unreachable: Error, Equatable, CustomStringConvertible {
        var description: String { "the registry does not answer" }
    }

    struct State {
        var digests: [String: Digest] = [:]
        var isDown = false
        /// What it answers instead of a digest.
        var error: RegistryError?
        /// Registries that are down, by name.
        var down: Set<String> = []
        /// Whether it keeps who asks waiting.
        var isSilent = false
        var asked: [(image: String, maxAge: Duration)] = []
    }

    let state = Mutex(State())

    func digest(of image: ImageName, at now: Moment, maxAge: Duration) async throws -> Digest {
        while state.withLock(\.isSilent) { try await Task.sleep(for: .milliseconds(1)) }
        return try state.withLock { state in
            state.asked.append((image.familiar, maxAge))
            if let error = state.error { throw error }
            guard !state.isDown, !state.down.contains(image.registry) else { throw Unreachable() }
            return state.digests[image.familiar] ?? Sample.digest(image.tag ?? "")
        }
    }
}
