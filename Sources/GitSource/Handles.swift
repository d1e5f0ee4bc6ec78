import Clibgit2

/// How one of libgit2's opaque types is given back.
protocol HandleKind {
    static func free(_ pointer: OpaquePointer)
}

/// Sole owner of an object of libgit2's; gives it back when it goes out of scope.
///
/// A handle lives and dies inside one closure on one queue: libgit2's objects must not be used by
/// two threads at once (`docs/threading.md`), and being neither copyable nor `Sendable` it cannot.
struct Handle<Kind: HandleKind>: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over what `make` puts into its argument.
    init(_ make: (inout OpaquePointer?) -> Int32) throws(GitFault) {
        var made: OpaquePointer?
        let code = make(&made)
        guard code >= 0, let made else { throw GitFault.last(code: code) }
        pointer = made
    }

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// Like `init`, but nil for `GIT_ENOTFOUND`.
    static func find(_ make: (inout OpaquePointer?) -> Int32) throws(GitFault) -> Handle? {
        var made: OpaquePointer?
        let code = make(&made)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        guard code >= 0, let made else { throw GitFault.last(code: code) }
        return Handle(owning: made)
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
