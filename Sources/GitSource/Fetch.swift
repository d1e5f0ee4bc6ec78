/// What a fetch has found.
package struct GitFetched: Equatable, Sendable {
    /// The branch, without `refs/heads/`.
    package let branch: String
    /// The commit at its end now.
    package let commit: CommitID
    /// The commit at its end before; nil at the first fetch, or when a damaged mirror cannot say.
    package let previous: CommitID?
    /// Whether `previous` is no longer in the branch's past: somebody forced a push.
    package let isRewritten: Bool
    /// Why the mirror was made anew, nil if it was not.
    package let remadeBecause: String?

    /// Whether the branch stands elsewhere than before.
    package var isMoved: Bool { previous != commit }
}

/// Brings a mirror to where its remote is; runs under the mirror's lock.
struct Fetch {
    let store: MirrorStore
    let attempt: NetworkAttempt
    let branch: String?
    let tags: Bool

    /// Packs at which a mirror is copied into one pack; a fetch that brings anything adds one.
    static let mostPacks = 30

    func run() throws(GitFault) -> GitFetched {
        let lock = try MirrorLock(in: store.directory, attempt: attempt)
        try store.sweep()
        let fetched = try fetch()
        do throws(GitFault) {
            try compactIfNeeded()
        } catch {
            // The fetch itself went well; what stands in the way of tidying shows again next time.
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
                return try remake(because: error.detail)
            }
        case .missing: return try remake(because: nil)
        case .unusable(let reason): return try remake(because: reason)
        }
    }

    /// Fetches into a new mirror; the one in use stays until the new one is whole.
    private func remake(because reason: String?) throws(GitFault) -> GitFetched {
        let mirror = try store.make()
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
        if case .local(let path) = attempt.remote.location.address {
            let session = try LocalRemote(path: path, attempt: attempt)
            return try update(mirror, from: session, known: known, because: reason)
        }
        let session = try NetworkRemote(attempt: attempt, mirror: mirror.pointer)
        return try update(mirror, from: session, known: known, because: reason)
    }

    private func update<Session: RemoteSession & ~Copyable>(
        _ mirror: borrowing Handle<RepositoryKind>,
        from session: borrowing Session,
        known: [String: CommitID],
        because reason: String?
    ) throws(GitFault) -> GitFetched {
        let tip = try session.heads.tip(of: branch)
        let reference = Revisions.branches + tip.branch
        let present = try mirror.target(of: reference)
        let newTags = tags ? try missing(session.heads.tags, in: mirror) : []
        if present != tip.commit || !newTags.isEmpty {
            let name = RemoteHeads.branches + tip.branch
            let head = RemoteHeads.Head(reference: name, id: tip.commit)
            // Before: what is no commit is not to be downloaded again at every look.
            try checkCommit(tip, in: mirror)
            try session.download([head] + newTags, into: mirror)
            try checkCommit(tip, in: mirror)
        }
        // The first thing that can show damage: what the branch stands at must be readable.
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
            remadeBecause: reason
        )
    }

    private func isRewritten(
        from previous: CommitID?,
        to next: CommitID,
        in mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> Bool {
        guard let previous, previous != next else { return false }
        // A new mirror has nothing but the branch as it is now.
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

    /// Refuses what is there and no commit; no new mirror would change that.
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

    /// libgit2 never joins packs, so a mirror that has many is copied, without what no reference
    /// reaches any more, and the copy takes its place.
    private func compactIfNeeded() throws(GitFault) {
        guard try store.packCount() > Self.mostPacks else { return }
        guard case .usable(let old) = try store.open() else { return }
        let new = try store.make()
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
