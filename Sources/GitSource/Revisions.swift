import Clibgit2

/// The mirror's references, and the revisions that they resolve.
enum Revisions {
    static let branches = "refs/remotes/origin/"
    /// Points at the branch that was fetched last.
    static let head = "refs/remotes/origin/HEAD"
    static let tags = "refs/tags/"
    /// Tips that a force-push dropped, numbered, so that their commits stay readable.
    static let superseded = "refs/berth/superseded/"
    /// More than a rollout or its rollback can be behind.
    static let supersededKept = 10

    /// Finds a commit by four or more digits, a branch or a tag, optionally with `~2` or `^` behind
    /// it.
    static func resolve(
        _ text: String,
        in repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> CommitID {
        let name = String(text.prefix { $0 != "~" && $0 != "^" })
        let steps = text.dropFirst(name.count)
        let isPlain = steps.allSatisfy { "~^".contains($0) || ($0.isASCII && $0.isNumber) }
        guard !name.isEmpty, isPlain, text.utf8.count <= 256 else {
            throw GitFault(.revisionNotFound(text))
        }
        let id = try base(name, in: repository)
        return try lookUp("\(id.hex)^{commit}\(steps)", named: text, in: repository)
    }

    private static func base(
        _ name: String,
        in repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> CommitID {
        if let id = CommitID(name), try repository.holds(id) { return id }
        for prefix in [branches, tags] where git_reference_name_is_valid(prefix + name) {
            if let id = try repository.target(of: prefix + name) { return id }
        }
        guard name.utf8.count >= 4, name.utf8.allSatisfy(CommitID.isHexadecimal) else {
            throw GitFault(.revisionNotFound(name))
        }
        return try lookUp("\(name)^{commit}", named: name, in: repository)
    }

    private static func lookUp(
        _ expression: String,
        named name: String,
        in repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> CommitID {
        let pointer = repository.pointer
        var object: OpaquePointer?
        let code = git_revparse_single(&object, pointer, expression)
        defer { git_object_free(object) }
        switch git_error_code(code) {
        case GIT_OK: break
        case GIT_EAMBIGUOUS: throw GitFault(.ambiguousRevision(name))
        case GIT_ENOTFOUND, GIT_EINVALIDSPEC, GIT_EPEEL: throw GitFault(.revisionNotFound(name))
        default: throw GitFault.last(code: code)
        }
        guard let object, let oid = git_object_id(object) else {
            throw GitFault(.revisionNotFound(name))
        }
        return CommitID(oid.pointee)
    }

    /// A branch's tip at the last fetch; without a name, that of the branch fetched last.
    static func current(
        _ branch: String?,
        in repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> GitTip? {
        let last = branch == nil ? try repository.symbolicTarget(of: head) : nil
        guard let name = branch ?? last.map({ String($0.dropFirst(branches.count)) }),
            git_reference_name_is_valid(branches + name),
            let id = try repository.target(of: branches + name)
        else { return nil }
        return GitTip(branch: name, commit: id)
    }

    /// Keeps a tip that a force-push dropped, and drops the oldest such.
    static func keepSuperseded(
        _ id: CommitID,
        in repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        let numbers = try repository.references(under: superseded)
            .compactMap { Int($0.dropFirst(superseded.count)) }
            .sorted()
        try repository.setReference("\(superseded)\((numbers.last ?? 0) + 1)", to: id)
        for number in numbers.dropLast(supersededKept - 1) {
            try repository.removeReference("\(superseded)\(number)")
        }
    }
}

private func git_reference_name_is_valid(_ name: String) -> Bool {
    var isValid: Int32 = 0
    return Clibgit2.git_reference_name_is_valid(&isValid, name) == 0 && isValid == 1
}
