/// What went wrong with the fleet repository, where, and what to do about it.
///
/// No text in it holds a password, a token, or a URL with one in it.
package struct GitError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Problem: Equatable, Sendable {
        /// Not a remote's address, or one that does not go with the credentials.
        case invalidRemote
        /// The file with the token, the key or the known hosts.
        case credentialsFile(path: String)
        /// No connection: name not resolved, refused, reset, or a server that fails.
        case unreachable
        /// No data, or not all of it, came in time.
        case timedOut
        case authentication
        /// To another scheme, host or port.
        case redirected
        case hostKey(KnownHosts)
        case certificate
        case repositoryNotFound
        case emptyRepository
        case branchNotFound(String)
        case branchIsNoCommit(String)
        case revisionNotFound(String)
        case ambiguousRevision(String)
        case pathNotFound(String)
        case refusedEntry(path: String, Entry)
        /// Above one of `GitLimits`; `what` names it.
        case tooLarge(what: String, limit: Int)
        case damagedMirror
        /// The remote sent, or the history holds, invalid git data.
        case invalidData
        /// The state directory cannot be written or read.
        case storage
        /// Another process holds the mirror, or an earlier call to the remote still hangs.
        case busy
        case cancelled
    }

    /// What the known hosts file says about an SSH server's key.
    package enum KnownHosts: Equatable, Sendable {
        case unknown, changed, revoked
    }

    /// The kinds of tree entry that are not read.
    package enum Entry: String, Sendable {
        case symbolicLink = "a symbolic link"
        case submodule = "a submodule"
        /// Where a file was requested.
        case folder = "a folder"
        /// Not UTF-8, with control characters, or not to be given to a file system.
        case badName = "an entry with an unusable name"
        /// A mode that git does not define.
        case unknown = "an entry of an unknown kind"
    }

    package let problem: Problem
    /// What was being done, as in "Fetching main".
    package let operation: String
    /// Without any secret.
    package let remote: String
    /// What libgit2, ssh or the system reported.
    package let detail: String

    /// What happened, where, and what to do next.
    package var description: String {
        let (summary, remedy) = problem.texts
        let sentence = detail.hasSuffix(".") ? detail.dropLast() : detail[...]
        let reported = sentence.isEmpty ? "" : " (\(sentence))"
        return "\(operation) of \(remote): \(summary)\(reported). \(remedy)"
    }
}

extension GitError.Problem {
    var texts: (summary: String, remedy: String) {
        switch self {
        case .invalidRemote:
            (
                "Berth cannot use this as a remote",
                "Give an absolute path, or a file://, https://, http:// or ssh:// URL, or "
                    + "user@host:path, with credentials of the same kind."
            )
        case .credentialsFile(let path):
            (
                "\(path) cannot be used",
                "Check that the file exists, is readable by Berth only, and has the right content."
            )
        case .unreachable:
            (
                "the remote cannot be reached",
                "Check the address, the network and the server; Berth tries again."
            )
        case .timedOut:
            (
                "the remote did not answer in time",
                "Check the network and the server's load; Berth tries again."
            )
        case .authentication:
            (
                "the remote did not accept the credentials",
                "Check that the token or key is valid and may read this repository."
            )
        case .redirected:
            (
                "the remote redirects to another server",
                "Credentials are sent to the configured server only; configure the new URL if it "
                    + "is right."
            )
        case .hostKey(.unknown):
            (
                "the server's SSH host key is not in the known hosts file",
                "Compare the fingerprint with the one that the server's owner publishes, then add "
                    + "the key, which `ssh-keyscan` prints, to the known hosts file."
            )
        case .hostKey(.changed):
            (
                "the server's SSH host key differs from the one in the known hosts file",
                "This is what an attack looks like: continue only when the server's owner has "
                    + "confirmed the new key. Then replace the old line in the known hosts file."
            )
        case .hostKey(.revoked):
            (
                "the server's SSH host key is marked as revoked",
                "Ask the server's owner for its present key."
            )
        case .certificate:
            (
                "the server's TLS certificate is not valid",
                "Check the name in the URL and the host's clock; for a private authority, name its "
                    + "certificates in SSL_CERT_FILE."
            )
        case .repositoryNotFound:
            (
                "there is no repository there",
                "Check the path, and that the credentials may read the repository."
            )
        case .emptyRepository: ("the repository has no commit", "Push a first commit.")
        case .branchNotFound(let name):
            (
                "the remote has no branch \"\(name)\"",
                "Push the branch, or name another one in the configuration."
            )
        case .branchIsNoCommit(let name):
            (
                "the branch \"\(name)\" does not point at a commit",
                "Push a commit to it, or name another branch."
            )
        case .revisionNotFound(let name):
            ("the mirror has no revision \"\(name)\"", "Fetch first, or check the name.")
        case .ambiguousRevision(let name):
            ("more than one commit begins with \"\(name)\"", "Give more digits.")
        case .pathNotFound(let path):
            (
                "the commit has no \"\(path)\"",
                "Check the path; it starts at the top of the repository."
            )
        case .refusedEntry(let path, let entry):
            (
                "\"\(path)\" is \(entry.rawValue)",
                entry == .folder ? "Name a file." : "Commit a plain file in its place."
            )
        case .tooLarge(let what, let limit):
            (
                "\(what) exceeds the limit of \(limit)",
                "Make it smaller, or move it out of the folders that Berth reads."
            )
        case .damagedMirror:
            ("the local mirror is damaged", "The next fetch recreates it; no action is needed.")
        case .invalidData:
            ("the data is not valid git data", "Run `git fsck` in the remote repository.")
        case .storage:
            (
                "the mirror's directory cannot be used",
                "Check the free space, owner and mode of the state directory."
            )
        case .busy: ("the mirror is in use", "Wait for the other command to end.")
        case .cancelled: ("the call was cancelled", "Call again.")
        }
    }
}
