internal import Digests
internal import Model
internal import Synchronization

/// The goals of the last look.
///
/// A goal follows from what it is made of, and hashing a whole service is most of a look at which
/// nothing is new.
final class GoalCache: Sendable {
    private struct Entry {
        let image: Digest
        let files: [String: Digest]
        let goal: Goal
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// The goal of a service; one for each name is kept.
    func goal(
        of service: Service,
        image: Digest,
        files: [String: Digest],
        volumes: [String: MountedVolume] = [:]
    ) -> Goal {
        let known = entries.withLock { $0[service.name] }
        if let known, known.image == image, known.files == files, known.goal.volumes == volumes,
            known.goal.service == service
        {
            return known.goal
        }
        let goal = Goal(service, image: image, hostFiles: files, volumes: volumes)
        entries.withLock { $0[service.name] = Entry(image: image, files: files, goal: goal) }
        return goal
    }

    /// Forgets all others.
    func keep(_ names: some Sequence<String>) {
        let names = Set(names)
        entries.withLock { $0 = $0.filter { names.contains($0.key) } }
    }
}
