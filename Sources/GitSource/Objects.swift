import Clibgit2

extension CommitID {
    init(_ oid: git_oid) {
        var oid = oid
        let bytes = withUnsafeBytes(of: &oid) { Array($0.prefix(20)) }
        self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        hex = String(decoding: text, as: UTF8.self)
    }

    /// libgit2's form of the same name.
    var oid: git_oid {
        var oid = git_oid()
        // Cannot fail: `hex` is forty hexadecimal digits by construction.
        git_oid_fromstr(&oid, hex)
        return oid
    }
}

extension Handle where Kind == RepositoryKind {
    /// Opens the repository at `path` itself, never one in a folder above it.
    init(at path: String, bare: Bool) throws(GitFault) {
        var flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        if bare { flags |= GIT_REPOSITORY_OPEN_BARE.rawValue }
        try self.init { git_repository_open_ext(&$0, path, flags, nil) }
    }

    borrowing func database() throws(GitFault) -> Handle<DatabaseKind> {
        let repository = pointer
        return try Handle<DatabaseKind> { git_repository_odb(&$0, repository) }
    }

    borrowing func holds(_ id: CommitID) throws(GitFault) -> Bool {
        let database = try database()
        var oid = id.oid
        return git_odb_exists(database.pointer, &oid) == 1
    }

    /// What an object is, in git's words: `commit`, `tree`, `blob`, `tag`; nil if it is not here.
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

    borrowing func tree(_ oid: git_oid) throws(GitFault) -> Handle<TreeKind> {
        let repository = pointer
        var oid = oid
        let code = git_tree_lookup
        return try Handle<TreeKind> { code(&$0, repository, &oid) }
    }

    /// What a reference points at, nil if there is none of that name.
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

    /// The reference that a symbolic one stands for, nil for a direct one and for none.
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
