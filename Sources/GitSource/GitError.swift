/// What went wrong with the fleet repository, where, and what to do about it.
///
/// No text in it holds a password, a token, or a URL with one in it.
package struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of trouble that callers treat differently.
    package enum Problem: Equatable, Sendable {
        /// The text that should name a remote does not, or does not go with the credentials.
        case invalidRemote
        /// The file with the token, key or known hosts cannot be used as it is.
        case credentialsFile(path: String)
        /// No connection: name not resolved, refused, reset, or a server that is unwell.
        case unreachable
        /// Nothing, or not enough, came in time.
        case timedOut
        /// The server wants other credentials, or any.
        case authentication
        /// The server redirects to another scheme, host or port.
        case redirected
        /// The SSH host key is not in the known hosts, or is another than the one there.
        case hostKey(KnownHosts)
        /// The TLS certificate does not prove the server's name.
        case certificate
        /// The server answers, but not with a repository under this path.
        case repositoryNotFound
        /// The repository has no commit yet.
        case emptyRepository
        /// The remote has no such branch (any more).
        case branchNotFound(String)
        /// The remote's branch points at something else than a commit.
        case branchIsNoCommit(String)
        /// No such commit, branch or tag in the mirror.
        case revisionNotFound(String)
        /// More than one commit begins with these digits.
        case ambiguousRevision(String)
        /// The commit has nothing under this path.
        case pathNotFound(String)
        /// Something under this path that Berth does not follow.
        case refusedEntry(path: String, Entry)
        /// Above one of `GitLimits`; `what` names it.
        case tooLarge(what: String, limit: Int)
        /// The mirror on disk is damaged; the next fetch makes it anew.
        case damagedMirror
        /// The remote sent, or the history holds, something that is not valid git.
        case invalidData
        /// The state directory cannot be written or read.
        case storage
        /// Another process holds the mirror, or an earlier call to the remote still hangs.
        case busy
        /// The caller's task was cancelled.
        case cancelled
    }

    /// What was found about an SSH server's key.
    package enum KnownHosts: Equatable, Sendable {
        /// The file has no key for this host.
        case unknown
        /// The file has another key for this host.
        case changed
        /// The file marks the key as revoked.
        case revoked
    }

    /// The kinds of tree entry that are not read.
    package enum Entry: String, Sendable {
        /// A symbolic link.
        case symbolicLink = "a symbolic link"
        /// A submodule.
        case submodule = "a submodule"
        /// A folder where a file was asked for.
        case folder = "a folder"
        /// A name that is not UTF-8, has control characters, or is given to no file system.
        case badName = "an entry with an unusable name"
        /// A mode that git does not define.
        case unknown = "an entry of an unknown kind"
    }

    /// The kind of trouble.
    package let problem: Problem
    /// What was being done, as in "fetching main".
    package let operation: String
    /// The remote, without any secret.
    package let remote: String
    /// What libgit2, ssh or the system said.
    package let detail: String

    /// One or two sentences: what happened, where, and what to do next.
    package var description: String {
        let said = detail.isEmpty ? "" : " (\(detail))"
        return "\(operation) of \(remote): \(problem.summary)\(said). \(problem.remedy)"
    }
}

extension GitError.Problem {
    var summary: String {
        switch self {
        case .invalidRemote: "this is not a remote that Berth can use"
        case .credentialsFile(let path): "\(path) cannot be used"
        case .unreachable: "the remote cannot be reached"
        case .timedOut: "the remote did not answer in time"
        case .authentication: "the remote did not accept the credentials"
        case .redirected: "the remote redirects to another server"
        case .hostKey(.unknown): "the server's SSH host key is not in the known hosts file"
        case .hostKey(.changed):
            "the server's SSH host key is another than the one in the known hosts file"
        case .hostKey(.revoked): "the server's SSH host key is marked as revoked"
        case .certificate: "the server's TLS certificate is not valid"
        case .repositoryNotFound: "there is no repository there"
        case .emptyRepository: "the repository has no commit"
        case .branchNotFound(let name): "the remote has no branch \"\(name)\""
        case .branchIsNoCommit(let name): "the branch \"\(name)\" points at no commit"
        case .revisionNotFound(let name): "the mirror has no revision \"\(name)\""
        case .ambiguousRevision(let name): "more than one commit begins with \"\(name)\""
        case .pathNotFound(let path): "the commit has no \"\(path)\""
        case .refusedEntry(let path, let entry): "\"\(path)\" is \(entry.rawValue)"
        case .tooLarge(let what, let limit): "\(what) is above the limit of \(limit)"
        case .damagedMirror: "the local mirror is damaged"
        case .invalidData: "what came is not valid git data"
        case .storage: "the mirror's directory cannot be used"
        case .busy: "the mirror is in use"
        case .cancelled: "the call was cancelled"
        }
    }

    var remedy: String {
        switch self {
        case .invalidRemote:
            """
            Give an absolute path, or a file://, https://, http:// or ssh:// URL, \
            or user@host:path, with credentials of the same kind.
            """
        case .credentialsFile:
            "Check that the file exists, is readable by Berth alone, and holds what it should."
        case .unreachable: "Check the address, the network and the server; Berth tries again."
        case .timedOut: "Check the network and the server's load; Berth tries again."
        case .authentication:
            "Check that the token or key is valid and may read this repository."
        case .redirected:
            "Credentials are sent to the configured server only; configure the new URL if it is "
                + "right."
        case .hostKey(.unknown):
            """
            Compare the fingerprint with what the server's owner publishes, then add the key, \
            which `ssh-keyscan` prints, to the known hosts file.
            """
        case .hostKey(.changed):
            """
            Do not go on before the server's owner confirms the new key: this is what an attack \
            looks like. Then replace the old line in the known hosts file.
            """
        case .hostKey(.revoked): "Ask the server's owner for its present key."
        case .certificate:
            """
            Check the name in the URL and the host's clock; for a private authority, name its \
            certificates in SSL_CERT_FILE.
            """
        case .repositoryNotFound:
            "Check the path, and that the credentials may see the repository."
        case .emptyRepository: "Push a first commit."
        case .branchNotFound: "Push the branch, or name another one in the configuration."
        case .branchIsNoCommit: "Push a commit to it, or name another branch."
        case .revisionNotFound: "Fetch first, or check the name."
        case .ambiguousRevision: "Give more digits."
        case .pathNotFound: "Check the path; it counts from the top of the repository."
        case .refusedEntry(_, .folder): "Name a file."
        case .refusedEntry: "Commit a plain file in its place."
        case .tooLarge: "Make it smaller, or move it out of the folders that Berth reads."
        case .damagedMirror: "The next fetch makes a new one; nothing needs to be done."
        case .invalidData: "Run `git fsck` in the remote repository."
        case .storage: "Check the free space, owner and mode of the state directory."
        case .busy: "Wait for the other command to end."
        case .cancelled: "Call again."
        }
    }
}
