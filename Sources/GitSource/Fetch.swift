package struct GitFetched: Equatable, Sendable {
    /// Without `refs/heads/`.
    package let branch: String
    /// The branch's tip.
    package let commit: CommitID
    /// The tip before; nil at the first fetch, or when a damaged mirror does not show it.
    package let previous: CommitID?
    /// Whether `previous` is no ancestor of `commit`: the branch was force-pushed.
    package let isRewritten: Bool
    /// Why the mirror was recreated, nil if it was not.
    package let recreatedBecause: String?
}

/// Updates a mirror from its remote; runs under the mirror's lock.
struct Fetch {
    let store: MirrorStore
    let attempt: NetworkAttempt
    let branch: String?
    let tags: Bool

    /// A mirror with more packs is copied into one pack; a fetch with new objects adds one.
    static let packLimit = 30

    func run() throws(GitFault) -> GitFetched {
        let lock = try MirrorLock(in: store.directory, attempt: attempt)
        try store.sweep()
        let fetched = try fetch()
        do throws(GitFault) {
            try compactIfNeeded()
        } catch {
            // The fetch itself succeeded; if compacting fails, the next fetch tries again.
            if error.problem == .damagedMirror { store.markDamaged() }
        }
        _ = consume lock
        return fetched
    }

    private func fetch() throws(GitFault) -> GitFetched {
        switch try store.open() {
        case .usable(let mirror):
            do throws(GitFault) {
                return try update(mirror, known: [:], because: nil)
            } catch {
                guard error.problem == .damagedMirror else { throw error }
                return try recreate(because: error.detail)
            }
        case .missing: return try recreate(because: nil)
        case .unusable(let reason): return try recreate(because: reason)
        }
    }

    /// Fetches into a new mirror; the one in use stays until the new one is complete.
    private func recreate(because reason: String?) throws(GitFault) -> GitFetched {
        let mirror = try store.create()
        let known = store.lastKnownBranches()
        let fetched = try update(mirror, known: known, because: reason)
        try store.adopt(mirror)
        return fetched
    }

    private func update(
        _ mirror: borrowing Handle<RepositoryKind>,
        known: [String: CommitID],
        because reason: String?
    ) throws(GitFault) -> GitFetched {
        let session = try attempt.connect(into: mirror.pointer)
        let tip = try session.heads.tip(of: branch)
        let reference = Revisions.branches + tip.branch
        let present = try mirror.target(of: reference)
        let newTags = tags ? try missing(session.heads.tags, in: mirror) : []
        if present != tip.commit || !newTags.isEmpty {
            let name = RemoteHeads.branches + tip.branch
            let head = RemoteHeads.Head(reference: name, id: tip.commit)
            // Before the download, so that a tip that is no commit is not downloaded every time.
            try checkCommit(tip, in: mirror)
            try session.download([head] + newTags, into: mirror)
            try checkCommit(tip, in: mirror)
        }
        // The first thing that can show damage: the tip must be readable.
        try checkReadable(tip.commit, in: mirror)
        let previous = present ?? known[reference]
        let isRewritten = try isRewritten(from: previous, to: tip.commit, in: mirror)
        if isRewritten, let present { try Revisions.keepSuperseded(present, in: mirror) }
        for tag in newTags { try mirror.setReference(tag.reference, to: tag.id) }
        if present != tip.commit { try mirror.setReference(reference, to: tip.commit) }
        try mirror.setSymbolicReference(Revisions.head, to: reference)
        return GitFetched(
            branch: tip.branch,
            commit: tip.commit,
            previous: previous,
            isRewritten: isRewritten,
            recreatedBecause: reason
        )
    }

    private func isRewritten(
        from previous: CommitID?,
        to next: CommitID,
        in mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> Bool {
        guard let previous, previous != next else { return false }
        // A new mirror holds only the branch as it is now.
        guard try mirror.holds(previous) else { return true }
        return try !mirror.isAncestor(previous, of: next)
    }

    private func missing(
        _ heads: [RemoteHeads.Head],
        in mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> [RemoteHeads.Head] {
        var missing: [RemoteHeads.Head] = []
        for head in heads where try mirror.target(of: head.reference) != head.id {
            missing.append(head)
        }
        return missing
    }

    /// Refuses a tip that is no commit; a new mirror would not change that.
    private func checkCommit(
        _ tip: GitTip,
        in mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        guard let kind = try mirror.kind(of: tip.commit), kind != "commit" else { return }
        throw GitFault(.branchIsNoCommit(tip.branch), "\(tip.commit.short) is a \(kind)")
    }

    private func checkReadable(
        _ id: CommitID,
        in mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        do throws(GitFault) {
            _ = try mirror.tree(of: id)
        } catch {
            throw GitFault(.damagedMirror, "commit \(id.short): \(error.detail)")
        }
    }

    /// libgit2 never joins packs, so a mirror with many is replaced by a copy without the objects
    /// that no reference reaches any more.
    private func compactIfNeeded() throws(GitFault) {
        guard try store.packCount() > Self.packLimit else { return }
        guard case .usable(let old) = try store.open() else { return }
        let new = try store.create()
        let references = try old.references()
        var wanted: [(reference: String, id: CommitID)] = []
        for reference in references {
            if let id = try old.target(of: reference) { wanted.append((reference, id)) }
        }
        let copy = try PackCopy(from: old.pointer, attempt: attempt)
        try copy.write(wanted.map(\.id), except: [], into: new)
        for (reference, id) in wanted where reference != Revisions.head {
            try new.setReference(reference, to: id)
        }
        if let head = try old.symbolicTarget(of: Revisions.head) {
            try new.setSymbolicReference(Revisions.head, to: head)
        }
        try store.adopt(new)
    }
}
