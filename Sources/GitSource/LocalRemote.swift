import Clibgit2

/// A remote that is a repository on this host's disks.
///
/// libgit2's own transport for these looks up every reference and copies the objects of all
/// branches at each fetch (`transports/local.c@v1.5.1`); this one copies only what is wanted.
final class LocalRemote: RemoteSession {
    private let repository: Handle<RepositoryKind>
    private let attempt: NetworkAttempt
    let heads: RemoteHeads

    init(path: String, attempt: NetworkAttempt) throws(GitFault) {
        let repository = try Self.open(path)
        heads = try Self.atRemote { () throws(GitFault) in try Self.heads(of: repository) }
        self.repository = repository
        self.attempt = attempt
    }

    private static func open(_ path: String) throws(GitFault) -> Handle<RepositoryKind> {
        do throws(GitFault) {
            return try Handle<RepositoryKind>(at: path, bare: false)
        } catch {
            throw GitFault(.repositoryNotFound, error.detail)
        }
    }

    func download(
        _ wanted: [RemoteHeads.Head],
        into mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        let source = repository.pointer
        var known: [CommitID] = []
        for reference in try mirror.references() {
            if let id = try mirror.target(of: reference) { known.append(id) }
        }
        try Self.atRemote { [attempt] () throws(GitFault) in
            let copy = try PackCopy(from: source, attempt: attempt)
            try copy.write(wanted.map(\.id), except: known, into: mirror)
        }
    }

    private static func heads(
        of repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> RemoteHeads {
        var heads: [RemoteHeads.Head] = []
        for reference in try repository.references() {
            guard
                reference.hasPrefix(RemoteHeads.branches) || reference.hasPrefix(RemoteHeads.tags),
                let id = try repository.target(of: reference)
            else { continue }
            heads.append(RemoteHeads.Head(reference: reference, id: id))
        }
        // HEAD of an empty repository points at a branch that does not exist yet.
        if let id = try repository.target(of: "HEAD") {
            let target = try repository.symbolicTarget(of: "HEAD")
            heads.append(RemoteHeads.Head(reference: "HEAD", id: id, target: target))
        }
        return RemoteHeads(heads: heads)
    }

    /// Here a damaged repository is the remote, not the mirror.
    private static func atRemote<Value>(
        _ body: () throws(GitFault) -> Value
    ) throws(GitFault) -> Value {
        do throws(GitFault) {
            return try body()
        } catch {
            guard error.problem == .damagedMirror else { throw error }
            throw GitFault(.invalidData, error.detail)
        }
    }
}
