import Clibgit2
import Glibc

/// The library's process-wide state, set once before the first use.
enum Libgit2 {
    /// Starts the library if nothing has yet; every entry point calls it first.
    static func start() throws(GitFault) { try started.get() }

    private static let started = Result { () throws(GitFault) in
        try check { git_libgit2_init() }
        try ignoreConfigurationOfTheHost()
        // The mirror's owner is checked by `MirrorStore`; a remote given as a path was named by
        // the administrator and may belong to anyone.
        // libgit2 runs no hook and no program that a repository's configuration names.
        try check { berth_set_flag(GIT_OPT_SET_OWNER_VALIDATION, 0) }
        // A commit that the controller has acted on must outlive a power failure.
        try check { berth_set_flag(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) }
        try check { berth_set_user_agent("berth") }
        if let file = getenv("SSL_CERT_FILE") { try trustCertificates(in: String(cString: file)) }
        try TCPStream.register()
    }

    /// Replaces the certificate authorities that the library found at its start.
    ///
    /// Debian's libgit2 uses mbedTLS, which does not look at `SSL_CERT_FILE` by itself.
    static func trustCertificates(in file: String) throws(GitFault) {
        let code = berth_set_certificates(file, nil)
        guard code >= 0 else {
            throw GitFault(.credentialsFile(path: file), GitFault.last(code: code).detail)
        }
    }

    /// `url.*.insteadOf`, `http.sslVerify=false` and the like in the host's files would change
    /// which remote is read and how far it is believed.
    private static func ignoreConfigurationOfTheHost() throws(GitFault) {
        let levels = [
            GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG,
            GIT_CONFIG_LEVEL_PROGRAMDATA,
        ]
        for level in levels {
            try check { berth_set_search_path(level, "") }
        }
    }
}
