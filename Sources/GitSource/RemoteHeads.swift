package struct GitTip: Equatable, Sendable {
    /// Without `refs/heads/`.
    package let branch: String
    package let commit: CommitID
}

/// The references that the remote advertises.
struct RemoteHeads: Equatable {
    struct Head: Equatable {
        let reference: String
        let id: CommitID
        /// For HEAD: the branch that it points at, as a full reference.
        var target: String?
    }

    let heads: [Head]

    static let branches = "refs/heads/"
    static let tags = "refs/tags/"

    /// A branch's tip; without a name, the default branch's.
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

    /// The branch that HEAD points at; if an old server does not say, a branch at HEAD's commit.
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

/// A remote that has advertised its heads, and serves what they point at.
protocol RemoteSession {
    var heads: RemoteHeads { get }

    /// Writes the heads' objects into the mirror as one pack, with no reference to them yet.
    func download(
        _ wanted: [RemoteHeads.Head],
        into mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault)
}

extension NetworkAttempt {
    /// Reads the remote's heads; `download` needs a repository to write to.
    func connect(into repository: OpaquePointer?) throws(GitFault) -> any RemoteSession {
        if case .local(let path) = remote.location.address {
            return try LocalRemote(path: path, attempt: self)
        }
        return try NetworkRemote(self, into: repository)
    }
}
