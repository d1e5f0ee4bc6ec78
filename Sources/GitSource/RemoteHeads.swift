/// A branch of the remote and the commit it stands at.
package struct GitTip: Equatable, Sendable {
    /// The branch, without `refs/heads/`.
    package let branch: String
    /// The commit at its end.
    package let commit: CommitID
}

/// What the remote says that it has.
struct RemoteHeads: Equatable {
    struct Head: Equatable {
        let reference: String
        let id: CommitID
        /// For HEAD: the branch that it stands for, as a full reference.
        var target: String?
    }

    let heads: [Head]

    static let branches = "refs/heads/"
    static let tags = "refs/tags/"

    /// Where a branch is; without a name, the remote's default branch.
    func tip(of name: String?) throws(GitFault) -> GitTip {
        // The mirror keeps a branch as refs/remotes/origin/<name>, where HEAD means something else.
        let branches = heads.filter { head in
            head.reference.hasPrefix(Self.branches) && head.reference != Self.branches + "HEAD"
        }
        if let name {
            guard let head = branches.first(where: { $0.reference == Self.branches + name }) else {
                throw GitFault(branches.isEmpty ? .emptyRepository : .branchNotFound(name))
            }
            return GitTip(branch: name, commit: head.id)
        }
        guard !branches.isEmpty else { throw GitFault(.emptyRepository) }
        guard let head = defaultHead(among: branches) else {
            throw GitFault(.branchNotFound("HEAD"))
        }
        return GitTip(
            branch: String(head.reference.dropFirst(Self.branches.count)),
            commit: head.id
        )
    }

    /// What HEAD stands for; a server too old to say so is taken to mean a branch at its commit.
    private func defaultHead(among branches: [Head]) -> Head? {
        guard let head = heads.first(where: { $0.reference == "HEAD" }) else { return nil }
        if let target = head.target { return branches.first { $0.reference == target } }
        let usual = ["main", "master"].map { Self.branches + $0 }
        let candidates = branches.filter { $0.id == head.id }
        return candidates.first { usual.contains($0.reference) } ?? candidates.first
    }

    /// The tags themselves, without the objects that annotated ones point at.
    var tags: [Head] {
        heads.filter { $0.reference.hasPrefix(Self.tags) && !$0.reference.hasSuffix("^{}") }
    }
}

/// A remote that has been asked for its heads, and can be asked for what they point at.
protocol RemoteSession: ~Copyable {
    var heads: RemoteHeads { get }

    /// Brings the heads' objects into the mirror, as one pack, with no reference to them yet.
    borrowing func download(
        _ wanted: [RemoteHeads.Head],
        into mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault)
}
