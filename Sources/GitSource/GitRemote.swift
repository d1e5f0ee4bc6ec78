import Glibc
import Printing

/// The fleet repository's address and credentials.
package struct GitRemote: Equatable, Sendable, CustomStringConvertible {
    let location: RemoteLocation
    let credentials: GitCredentials

    /// Accepts `https://`, `http://`, `ssh://`, `user@host:path`, `file://` and paths, which become
    /// absolute; not `git://`, which authenticates neither server nor data.
    ///
    /// The default user for ssh is `git`.
    /// A password in an http URL is used unless there is a token file, and never shown.
    package init(_ text: String, credentials: GitCredentials = .none) throws(GitError) {
        do throws(GitFault) {
            location = try RemoteLocation(text, from: Self.currentFolder())
            self.credentials = credentials
            try Self.match(location.address, credentials)
        } catch {
            throw GitError(
                problem: error.problem,
                operation: "reading the address",
                remote: Self.shown(text),
                detail: error.detail
            )
        }
    }

    /// Without any secret.
    package var description: String { location.displayed }

    /// Sentences about what works but is not safe.
    package func warnings() -> [String] {
        var warnings = credentials.warnings()
        if location.userInformation != nil {
            warnings.append(
                "The URL of \(self) holds a password; put it into a token file of mode 600."
            )
        }
        let sendsSecret = location.userInformation != nil || credentials != .none
        if case .web(_, isEncrypted: false) = location.address, sendsSecret {
            warnings.append(
                "\(self) is http, which sends the token unencrypted; use https."
            )
        }
        return warnings
    }

    private static func match(
        _ address: RemoteLocation.Address,
        _ credentials: GitCredentials
    ) throws(GitFault) {
        switch (address, credentials) {
        case (.local, .none), (.web, .none), (.web, .token), (.ssh, .sshKey):
            return
        case (.ssh, .none):
            throw GitFault(.invalidRemote, "ssh needs a key and a known hosts file")
        case (.ssh, .token): throw GitFault(.invalidRemote, "a token is for http, not for ssh")
        case (.web, _): throw GitFault(.invalidRemote, "an SSH key is for ssh, not for http")
        case (.local, _): throw GitFault(.invalidRemote, "a path takes no credentials")
        }
    }

    /// An invalid address may still hold a password: everything before the last "@" may belong to
    /// it, so that is searched for before anything is cut.
    private static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let at = scalars.lastIndex(of: "@") else { return text.onOneLine(ofAtMost: 200) }
        return ("***" + String(scalars[at...])).onOneLine(ofAtMost: 200)
    }

    private static func currentFolder() throws(GitFault) -> String {
        guard let folder = getcwd(nil, 0) else {
            throw GitFault(
                .invalidRemote,
                "the current folder no longer exists; give an absolute path"
            )
        }
        defer { free(folder) }
        return String(cString: folder)
    }
}
