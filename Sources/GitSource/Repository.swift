import Clibgit2

extension Handle where Kind == RepositoryKind {
    /// Opens the repository at `path`, never one in a folder above it.
    init(at path: String, bare: Bool) throws(GitFault) {
        var flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        if bare { flags |= GIT_REPOSITORY_OPEN_BARE.rawValue }
        try self.init { git_repository_open_ext(&$0, path, flags, nil) }
    }

    /// The repository's folder, with a slash at its end.
    var path: String { git_repository_path(pointer).map { String(cString: $0) } ?? "" }

    borrowing func database() throws(GitFault) -> Handle<DatabaseKind> {
        let repository = pointer
        return try Handle<DatabaseKind> { git_repository_odb(&$0, repository) }
    }

    borrowing func holds(_ id: CommitID) throws(GitFault) -> Bool {
        let database = try database()
        var oid = id.oid
        return git_odb_exists(database.pointer, &oid) == 1
    }

    /// An object's type, `commit`, `tree`, `blob` or `tag`; nil if it is missing.
    borrowing func kind(of id: CommitID) throws(GitFault) -> String? {
        let database = try database()
        var (oid, size, type) = (id.oid, 0, GIT_OBJECT_ANY)
        let found = try checkFound {
            git_odb_read_header(&size, &type, database.pointer, &oid)
        }
        guard found != nil, let name = git_object_type2string(type) else { return nil }
        return String(cString: name)
    }

    borrowing func commit(_ id: CommitID) throws(GitFault) -> Handle<CommitKind> {
        let repository = pointer
        var oid = id.oid
        guard let commit = try Handle<CommitKind>.find({ git_commit_lookup(&$0, repository, &oid) })
        else {
            throw GitFault(.revisionNotFound(id.hex))
        }
        return commit
    }

    borrowing func tree(of id: CommitID) throws(GitFault) -> Handle<TreeKind> {
        let commit = try commit(id)
        return try Handle<TreeKind> { git_commit_tree(&$0, commit.pointer) }
    }

    /// The object that a reference points at, nil without the reference.
    borrowing func target(of reference: String) throws(GitFault) -> CommitID? {
        let repository = pointer
        var oid = git_oid()
        guard try checkFound({ git_reference_name_to_id(&oid, repository, reference) }) != nil
        else {
            return nil
        }
        return CommitID(oid)
    }

    borrowing func setReference(_ name: String, to id: CommitID) throws(GitFault) {
        let repository = pointer
        var oid = id.oid
        _ = try Handle<ReferenceKind> {
            git_reference_create(&$0, repository, name, &oid, 1, nil)
        }
    }

    /// The reference that a symbolic one points at, nil for a direct or missing one.
    borrowing func symbolicTarget(of name: String) throws(GitFault) -> String? {
        let repository = pointer
        let reference = try Handle<ReferenceKind>.find {
            git_reference_lookup(&$0, repository, name)
        }
        guard let reference else { return nil }
        return git_reference_symbolic_target(reference.pointer).map { String(cString: $0) }
    }

    borrowing func setSymbolicReference(_ name: String, to target: String) throws(GitFault) {
        guard try symbolicTarget(of: name) != target else { return }
        let repository = pointer
        _ = try Handle<ReferenceKind> {
            git_reference_symbolic_create(&$0, repository, name, target, 1, nil)
        }
    }

    borrowing func removeReference(_ name: String) throws(GitFault) {
        let repository = pointer
        _ = try checkFound { git_reference_remove(repository, name) }
    }

    /// Names of all references under a prefix, sorted.
    borrowing func references(under prefix: String = "refs/") throws(GitFault) -> [String] {
        let repository = pointer
        var list = git_strarray()
        try check { git_reference_list(&list, repository) }
        defer { git_strarray_dispose(&list) }
        return (0..<list.count)
            .compactMap { list.strings[$0].map { String(cString: $0) } }
            .filter { $0.hasPrefix(prefix) }
            .sorted()
    }

    /// Whether `ancestor` is `descendant` or in its past.
    borrowing func isAncestor(
        _ ancestor: CommitID,
        of descendant: CommitID
    ) throws(GitFault) -> Bool {
        if ancestor == descendant { return true }
        let repository = pointer
        var (old, new) = (ancestor.oid, descendant.oid)
        return try check { git_graph_descendant_of(repository, &new, &old) } == 1
    }
}
