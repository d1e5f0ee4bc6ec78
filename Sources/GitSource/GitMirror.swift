import Platform

/// A bare copy of the fleet repository in the state directory.
///
/// It follows one branch at a time and is read without a checkout.
/// Once fetched, everything but `tip` and `fetch` works without the remote, from the last good
/// revision.
///
/// - References are its own: `refs/remotes/origin/<branch>`, `refs/tags/*` if asked for, and
///   `refs/berth/superseded/*` for the last ten tips that a force-push dropped.
///   A remote's configuration and hooks are never read.
/// - A damaged mirror, or one of another remote, is replaced at the next fetch that succeeds.
/// - One process writes at a time; any number read.
package final class GitMirror: Sendable {
    /// A folder of its own, created at the first fetch with mode 0700.
    package let directory: String
    package let remote: GitRemote

    private let limits: GitLimits
    private let timeouts: GitTimeouts
    private let store: MirrorStore
    private let queue: RemoteQueue
    // A blame can take a second; reading a tree does not wait for it.
    private let reading = BlockingQueue(label: "berth.git.read")
    private let searching = BlockingQueue(label: "berth.git.history")

    /// Touches nothing before the first call.
    package init(
        directory: String,
        remote: GitRemote,
        limits: GitLimits = GitLimits(),
        timeouts: GitTimeouts = GitTimeouts()
    ) {
        self.directory = directory
        self.remote = remote
        self.limits = limits
        self.timeouts = timeouts
        store = MirrorStore(directory: directory, remote: remote.description)
        queue = RemoteQueue(label: "berth.git.remote")
    }
}

// MARK: The remote

extension GitMirror {
    /// A branch's tip at the remote, without fetching; without a name, its default branch's.
    ///
    /// Takes at most `GitTimeouts.look`, and five seconds more if the system itself hangs.
    package func tip(of branch: String? = nil) async throws(GitError) -> GitTip {
        let attempt = attempt(total: timeouts.look, bytes: limits.bytesPerLook)
        return try await remotely(attempt, "Looking at \(branch ?? "the default branch")") {
            () throws(GitFault) in
            try attempt.connect(into: nil).heads.tip(of: branch)
        }
    }

    /// Updates the mirror from a branch of the remote; without a name, its default branch.
    ///
    /// Asks for the tip first and transfers only if it moved, so no `tip` is needed before it.
    /// When it throws, the mirror keeps everything that it had.
    /// Takes at most `GitTimeouts.fetch`, and five seconds more if the system itself hangs.
    package func fetch(
        _ branch: String? = nil,
        tags: Bool = false
    ) async throws(GitError) -> GitFetched {
        let attempt = attempt(total: timeouts.fetch, bytes: limits.bytesPerFetch)
        let fetch = Fetch(store: store, attempt: attempt, branch: branch, tags: tags)
        return try await remotely(attempt, "Fetching \(branch ?? "the default branch")") {
            () throws(GitFault) in
            try fetch.run()
        }
    }

    private func attempt(total: Duration, bytes: Int) -> NetworkAttempt {
        NetworkAttempt(
            remote: remote,
            timeouts: timeouts,
            total: total,
            bytes: bytes,
            objects: limits.objectsPerFetch
        )
    }

    private func remotely<Value: Sendable>(
        _ attempt: NetworkAttempt,
        _ operation: String,
        _ body: @escaping @Sendable () throws(GitFault) -> Value
    ) async throws(GitError) -> Value {
        do throws(GitFault) {
            return try await queue.run(attempt) { () throws(GitFault) in
                try Libgit2.start()
                return try body()
            }
        } catch {
            throw error.error(operation, remote)
        }
    }
}

// MARK: The mirror

extension GitMirror {
    /// A branch's tip at the last fetch, nil without one or if the mirror is unusable.
    package func current(_ branch: String) async throws(GitError) -> CommitID? {
        try await last(branch)?.commit
    }

    /// The branch that was fetched last with its tip, nil without one or if the mirror is unusable.
    ///
    /// Names the remote's default branch while the remote is down.
    package func lastFetched() async throws(GitError) -> GitTip? {
        try await last(nil)
    }

    private func last(_ branch: String?) async throws(GitError) -> GitTip? {
        let store = store
        return try await locally(on: reading, "Reading the last fetch") { () throws(GitFault) in
            guard case .usable(let mirror) = try store.open() else { return nil }
            return try Revisions.current(branch, in: mirror)
        }
    }

    /// Finds a commit by four or more digits, a fetched branch or a tag, each with `~2` or `^`
    /// behind it if wanted.
    package func resolve(_ revision: String) async throws(GitError) -> CommitID {
        try await read("Resolving \"\(revision)\"", revision) { (mirror) throws(GitFault) in
            try Revisions.resolve(revision, in: mirror)
        }
    }

    package func commit(_ id: CommitID) async throws(GitError) -> GitCommit {
        try await read(on: searching, "Reading commit \(id.short)", id.hex) {
            (mirror) throws(GitFault) in
            try mirror.details(of: id)
        }
    }

    /// The files in some folders of a commit, not in folders below, sorted by path.
    ///
    /// A missing folder has no files; `isWanted` chooses by path which files are read.
    /// Symbolic links, submodules, unusable names and files above the limits are refused with their
    /// path if they are wanted.
    package func tree(
        _ id: CommitID,
        folders: [String],
        where isWanted: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async throws(GitError) -> [GitFile] {
        let limits = limits
        return try await read("Reading the tree of \(id.short)", id.hex) {
            (mirror) throws(GitFault) in
            var reader = try TreeReader(mirror, at: id, limits: limits)
            return try reader.files(in: folders, where: isWanted)
        }
    }

    /// One file of a commit; a path with `..` may not leave the repository.
    package func file(_ path: String, at id: CommitID) async throws(GitError) -> GitFile {
        let limits = limits
        return try await read("Reading \(path) of \(id.short)", id.hex) {
            (mirror) throws(GitFault) in
            var reader = try TreeReader(mirror, at: id, limits: limits)
            return try reader.file(at: path)
        }
    }

    /// A commit and its ancestors along first parents, newest first.
    package func firstParents(of id: CommitID, limit: Int) async throws(GitError) -> [GitCommit] {
        let limit = min(limit, limits.historyDepth)
        return try await read(on: searching, "Reading the history of \(id.short)", id.hex) {
            (mirror) throws(GitFault) in
            try mirror.firstParents(of: id, limit: limit)
        }
    }

    /// Which commit last set each line of a file, counted from 1; all lines without a range.
    ///
    /// Lines beyond the file's end are ignored.
    package func blame(
        _ path: String,
        lines: ClosedRange<Int>? = nil,
        at id: CommitID
    ) async throws(GitError) -> [GitBlameLine] {
        let limits = limits
        return try await read(on: searching, "Blaming \(path) at \(id.short)", id.hex) {
            (mirror) throws(GitFault) in
            try mirror.blame(path, lines: lines, at: id, limits: limits)
        }
    }

    private func read<Value: Sendable>(
        on queue: BlockingQueue? = nil,
        _ operation: String,
        _ revision: String,
        _ body: @escaping @Sendable (borrowing Handle<RepositoryKind>) throws(GitFault) -> Value
    ) async throws(GitError) -> Value {
        let store = store
        return try await locally(on: queue ?? reading, operation) { () throws(GitFault) in
            do throws(GitFault) {
                return try store.read(revision, body)
            } catch {
                guard error.problem == .damagedMirror else { throw error }
            }
            // Perhaps the mirror was replaced while it was read; what fails twice is damaged.
            do throws(GitFault) {
                return try store.read(revision, body)
            } catch {
                if error.problem == .damagedMirror { store.markDamaged() }
                throw error
            }
        }
    }

    private func locally<Value: Sendable>(
        on queue: BlockingQueue,
        _ operation: String,
        _ body: @escaping @Sendable () throws(GitFault) -> Value
    ) async throws(GitError) -> Value {
        do throws(GitFault) {
            return try await queue.run { () throws(GitFault) in
                try Libgit2.start()
                return try body()
            }
        } catch {
            throw error.error(operation, remote)
        }
    }
}

extension MirrorStore {
    fileprivate func read<Value>(
        _ revision: String,
        _ body: (borrowing Handle<RepositoryKind>) throws(GitFault) -> Value
    ) throws(GitFault) -> Value {
        switch try open() {
        case .usable(let mirror): return try body(mirror)
        case .missing: throw GitFault(.revisionNotFound(revision), "nothing was fetched yet")
        case .unusable(let reason): throw GitFault(.damagedMirror, reason)
        }
    }
}
