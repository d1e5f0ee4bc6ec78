package import GitSource
internal import Manifests
package import Model
internal import Synchronization

/// Desired states from a git repository: the mirror's commits, read as fleets.
package actor GitFleet: FleetSource {
    private let mirror: GitMirror
    private var branch: String?
    private let pinned: String?
    private var tip: Revision?
    /// The last few commits that were read, newest last.
    private var fleets: [(commit: String, fleet: Fleet)] = []
    private var wanted: [String: Wanted] = [:]

    /// How far back the last good state is looked for.
    private static let ancestorLimit = 50
    private static let fleetLimit = 4

    /// Follows a branch of the mirror's remote, by default the one its HEAD names; `pinned` looks
    /// at that revision instead of the branch's tip.
    package init(mirror: GitMirror, branch: String? = nil, pinned: String? = nil) {
        self.mirror = mirror
        self.branch = branch
        self.pinned = pinned
    }

    /// Looks at the remote, and fetches what is new.
    package func refresh() async throws -> Refresh {
        let before = tip
        let fetched = try await mirror.fetch(branch, tags: pinned != nil)
        branch = fetched.branch
        let current = try await followed(fetched.commit)
        if current.id != before?.id { take(current) }
        return Refresh(
            previous: before?.id ?? fetched.previous?.hex,
            current: current,
            isRewritten: fetched.isRewritten
        )
    }

    private func followed(_ commit: CommitID) async throws -> Revision {
        guard let pinned else { return try await revision(commit) }
        return try await revision(try await mirror.resolve(pinned))
    }

    /// What the newest revision says; the mirror's own newest where the remote was not reached yet.
    package func desired(for environment: String) async throws -> Wanted {
        let tip = try await newest()
        if let known = wanted[environment] { return known }
        let found = try await find(environment, at: tip)
        if self.tip?.id == tip.id { wanted[environment] = found }
        return found
    }

    /// The newest revision's environments, or those of the nearest ancestor that can be read.
    package func environments() async throws -> [String] {
        let tip = try await newest()
        do {
            return try await fleet(at: tip.id).environmentNames
        } catch let refused as RefusedTree {
            for commit in try await ancestors(of: tip) {
                guard let fleet = try? await fleet(at: commit.id.hex) else { continue }
                return fleet.environmentNames
            }
            throw refused
        }
    }

    /// What an older revision said.
    package func desired(
        for environment: String,
        at revision: String
    ) async throws -> DesiredState? {
        guard let id = CommitID(revision) else { return nil }
        // A commit that the mirror has lost, as after a rewritten history, is no reason to stop.
        guard let revision = try? await self.revision(id) else { return nil }
        return try? await state(of: environment, at: revision)
    }

    /// The commit that last set a line.
    package func author(of location: SourceLocation, at revision: String) async -> Revision? {
        guard let id = CommitID(revision),
            let lines = try? await mirror.blame(
                location.file,
                lines: location.line...location.line,
                at: id
            ),
            let commit = lines.first?.commit
        else { return nil }
        return Self.revision(commit)
    }

    // MARK: Reading

    private func newest() async throws -> Revision {
        if let tip { return tip }
        let commit: CommitID?
        if let branch {
            commit = try await mirror.current(branch)
        } else {
            commit = try await mirror.lastFetched()?.commit
        }
        guard let commit else { throw NothingFetched() }
        let revision = try await followed(commit)
        take(revision)
        return revision
    }

    private func take(_ revision: Revision) {
        tip = revision
        wanted = [:]
    }

    /// The newest revision's state, or that of the nearest ancestor which says something usable.
    private func find(_ environment: String, at tip: Revision) async throws -> Wanted {
        do {
            let state = try await state(of: environment, at: tip)
            return Wanted(tip: tip, desired: state, problems: [])
        } catch let invalid as InvalidEnvironment {
            let good = try await lastGood(environment, before: tip)
            return Wanted(tip: tip, desired: good, problems: invalid.diagnostics)
        }
    }

    private func lastGood(_ environment: String, before tip: Revision) async throws -> DesiredState?
    {
        for commit in try await ancestors(of: tip) {
            let revision = Self.revision(commit)
            do {
                return try await state(of: environment, at: revision)
            } catch is InvalidEnvironment {
                continue
            }
        }
        return nil
    }

    private func ancestors(of tip: Revision) async throws -> ArraySlice<GitCommit> {
        guard let id = CommitID(tip.id) else { return [] }
        return try await mirror.firstParents(of: id, limit: Self.ancestorLimit).dropFirst()
    }

    private func state(of environment: String, at revision: Revision) async throws -> DesiredState {
        do {
            return try await fleet(at: revision.id).desiredState(of: environment, at: revision)
        } catch let refused as RefusedTree {
            throw InvalidEnvironment(environment: environment, diagnostics: [refused.diagnostic])
        }
    }

    private func fleet(at commit: String) async throws -> Fleet {
        if let known = fleets.first(where: { $0.commit == commit }) { return known.fleet }
        guard let id = CommitID(commit) else { throw NothingFetched() }
        let fleet = try await read(id)
        fleets.append((commit, fleet))
        if fleets.count > Self.fleetLimit { fleets.removeFirst() }
        return fleet
    }

    /// Reads a commit, and the files that its manifests name beyond their own folders.
    private func read(_ id: CommitID) async throws -> Fleet {
        let files = try await tree(id)
        var contents = Dictionary(files.map { ($0.path, $0.bytes) }, uniquingKeysWith: { $1 })
        // What is there and is no readable file concerns those who name it, and nobody else.
        var refused: [String: RefusedFile] = [:]
        // Which other files are needed is known once the manifests are read; those may name more.
        for _ in 0..<3 {
            let asked = Requests()
            _ = Fleet(FleetFiles(contents) { asked.add($0) }).validate()
            let paths = asked.paths.filter { contents[$0] == nil && refused[$0] == nil }
            var isComplete = true
            for path in paths {
                do throws(GitError) {
                    contents[path] = try await mirror.file(path, at: id).bytes
                    isComplete = false
                } catch {
                    switch error.problem {
                    case .pathNotFound: continue
                    case .refusedEntry(_, let entry):
                        refused[path] = RefusedFile(path: path, entry)
                    case .tooLarge: refused[path] = RefusedFile(path: path, nil)
                    default: throw error
                    }
                }
            }
            if isComplete { break }
        }
        return Fleet(
            FleetFiles(contents) { [refused] path in
                if let file = refused[path] { throw file }
                return nil
            }
        )
    }

    /// All manifests and environments; half of them would be another fleet.
    private func tree(_ id: CommitID) async throws -> [GitFile] {
        do throws(GitError) {
            return try await mirror.tree(
                id,
                folders: FleetFiles.folders,
                where: FleetFiles.isDefinition
            )
        } catch {
            switch error.problem {
            case .refusedEntry, .tooLarge: throw RefusedTree(reason: error)
            default: throw error
            }
        }
    }

    private func revision(_ id: CommitID) async throws -> Revision {
        Self.revision(try await mirror.commit(id))
    }

    private static func revision(_ commit: GitCommit) -> Revision {
        Revision(
            id: commit.id.hex,
            author: commit.author,
            date: Moment(milliseconds: commit.authoredAt * 1_000),
            subject: commit.subject
        )
    }
}

/// A commit whose manifests and environments cannot all be read: broken for every environment.
private struct RefusedTree: Error, CustomStringConvertible {
    let reason: GitError

    var description: String { "\(reason)" }

    var diagnostic: Diagnostic {
        guard case .refusedEntry(let path, let entry) = reason.problem else {
            return Diagnostic(at: nil, "\(reason)")
        }
        return RefusedFile(path: path, entry).diagnostic
    }
}

/// Paths that a fleet asked for while it was read.
private final class Requests: Sendable {
    private let asked = Mutex<Set<String>>([])

    func add(_ path: String) -> [UInt8]? {
        asked.withLock { _ = $0.insert(path) }
        return nil
    }

    var paths: [String] { asked.withLock { $0.sorted() } }
}

/// There is no revision to read yet.
package struct NothingFetched: Error, CustomStringConvertible {
    /// What happened, and what to do next.
    package var description: String {
        "nothing was fetched from the repository yet; check --repo and --branch, and that the "
            + "remote can be reached"
    }
}
