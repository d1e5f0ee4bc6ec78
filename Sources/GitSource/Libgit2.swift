import Clibgit2
import Glibc

/// The library's process-wide state, set once before the first use.
enum Libgit2 {
    /// Starts the library unless it is started; every entry point calls it first.
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
    /// which remote is read and how far it is trusted.
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

/// Runs one libgit2 call and throws what it reported if it failed.
@discardableResult
func check(_ call: () -> Int32) throws(GitFault) -> Int32 {
    let code = call()
    guard code >= 0 else { throw GitFault.last(code: code) }
    return code
}

/// Like `check`, but nil for `GIT_ENOTFOUND`.
func checkFound(_ call: () -> Int32) throws(GitFault) -> Int32? {
    let code = call()
    if code == GIT_ENOTFOUND.rawValue { return nil }
    guard code >= 0 else { throw GitFault.last(code: code) }
    return code
}

/// One of libgit2's opaque types.
protocol HandleKind {
    static func free(_ pointer: OpaquePointer)
}

/// Sole owner of a libgit2 object; frees it when it goes out of scope.
///
/// A handle stays inside one closure on one queue: libgit2's objects must not be used by two
/// threads at once (`docs/threading.md`), and being neither copyable nor `Sendable` it cannot.
struct Handle<Kind: HandleKind>: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over what `create` puts into its argument.
    init(_ create: (inout OpaquePointer?) -> Int32) throws(GitFault) {
        var created: OpaquePointer?
        let code = create(&created)
        guard code >= 0, let created else { throw GitFault.last(code: code) }
        pointer = created
    }

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// Like `init`, but nil for `GIT_ENOTFOUND`.
    static func find(_ create: (inout OpaquePointer?) -> Int32) throws(GitFault) -> Handle? {
        var created: OpaquePointer?
        guard try checkFound({ create(&created) }) != nil, let created else { return nil }
        return Handle(owning: created)
    }

    deinit { Kind.free(pointer) }
}

enum RepositoryKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_repository_free(pointer) }
}
enum RemoteKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_remote_free(pointer) }
}
enum ReferenceKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_reference_free(pointer) }
}
enum CommitKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_commit_free(pointer) }
}
enum TreeKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_tree_free(pointer) }
}
enum ObjectKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_object_free(pointer) }
}
enum DatabaseKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_odb_free(pointer) }
}
enum DatabaseObjectKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_odb_object_free(pointer) }
}
enum ConfigurationKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_config_free(pointer) }
}
enum WalkKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_revwalk_free(pointer) }
}
enum PackBuilderKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_packbuilder_free(pointer) }
}
enum BlameKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { git_blame_free(pointer) }
}
