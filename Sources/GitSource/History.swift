import Clibgit2

/// Questions about the past of a commit.
struct History: ~Copyable {
    private let repository: OpaquePointer
    private let limits: GitLimits

    /// `repository` stays its owner's and must outlive this value.
    init(_ repository: OpaquePointer, limits: GitLimits) {
        self.repository = repository
        self.limits = limits
    }

    borrowing func commit(_ id: CommitID) throws(GitFault) -> GitCommit {
        try GitCommit(try handle(id))
    }

    /// The commit and what it followed, along first parents: what the branch itself went through.
    borrowing func firstParents(of id: CommitID, limit: Int) throws(GitFault) -> [GitCommit] {
        var commits: [GitCommit] = []
        var next: CommitID? = id
        while let id = next, commits.count < min(limit, limits.historyDepth) {
            let commit = try commit(id)
            commits.append(commit)
            next = commit.parents.first
        }
        return commits
    }

    /// The newest commit in the past of `id` that made a file or folder what it is.
    ///
    /// Where a merge took one side's version whole, the search follows that side, as `git log`
    /// does.
    borrowing func lastCommit(touching path: String, at id: CommitID) throws(GitFault) -> GitCommit
    {
        guard let place = GitPath(path), let wanted = try object(at: place, of: id) else {
            throw GitFault(.pathNotFound(path))
        }
        var id = id
        for _ in 0..<limits.historyDepth {
            let commit = try commit(id)
            var same: CommitID?
            for parent in commit.parents {
                if try object(at: place, of: parent) == wanted {
                    same = parent
                    break
                }
            }
            guard let parent = same else { return commit }
            id = parent
        }
        throw GitFault(
            .tooLarge(
                what: "the number of commits since \"\(path)\" changed",
                limit: limits.historyDepth
            )
        )
    }

    /// Which commit last set each of the lines, counted from 1; all lines without a range.
    borrowing func blame(
        _ path: String,
        lines: ClosedRange<Int>?,
        at id: CommitID
    ) throws(GitFault) -> [GitBlameLine] {
        var reader = try TreeReader(repository, limits: limits)
        let file = try reader.file(at: path, of: id)
        let count = Self.lineCount(file.bytes)
        let wanted = (lines ?? 1...max(count, 1)).clamped(to: 1...max(count, 1))
        // libgit2 trusts the range and reads beyond the file's end.
        guard count > 0, lines.map({ $0.overlaps(1...count) }) ?? true else { return [] }

        var options = git_blame_options()
        try check { git_blame_options_init(&options, UInt32(GIT_BLAME_OPTIONS_VERSION)) }
        options.newest_commit = id.oid
        options.min_line = wanted.lowerBound
        options.max_line = wanted.upperBound
        let oldest = try ancestor(of: id, generations: limits.historyDepth)
        if let oldest { options.oldest_commit = oldest.oid }
        let repository = repository
        let blame = try Handle<BlameKind> { git_blame_file(&$0, repository, file.path, &options) }

        var commits: [CommitID: GitCommit] = [:]
        var result: [GitBlameLine] = []
        for line in wanted {
            guard let hunk = git_blame_get_hunk_byline(blame.pointer, line)?.pointee else {
                continue
            }
            let author = CommitID(hunk.final_commit_id)
            let commit: GitCommit
            if let known = commits[author] {
                commit = known
            } else {
                commit = try self.commit(author)
            }
            commits[author] = commit
            result.append(
                GitBlameLine(line: line, commit: commit, isOldestSearched: author == oldest)
            )
        }
        return result
    }

    /// What a signed commit's signature was made over, nil for an unsigned commit.
    borrowing func signature(of id: CommitID) throws(GitFault) -> GitCommitSignature? {
        _ = try handle(id)
        let repository = repository
        var oid = id.oid
        var (signature, content) = (git_buf(), git_buf())
        defer {
            git_buf_dispose(&signature)
            git_buf_dispose(&content)
        }
        let found = try checkFound {
            git_commit_extract_signature(&signature, &content, repository, &oid, nil)
        }
        guard found != nil else { return nil }
        return GitCommitSignature(
            armoured: signature.bytes,
            signedContent: content.bytes
        )
    }

    private borrowing func handle(_ id: CommitID) throws(GitFault) -> Handle<CommitKind> {
        let repository = repository
        var oid = id.oid
        guard let commit = try Handle<CommitKind>.find({ git_commit_lookup(&$0, repository, &oid) })
        else { throw GitFault(.revisionNotFound(id.hex)) }
        return commit
    }

    /// The object under a path, nil if there is none.
    private borrowing func object(at path: GitPath, of id: CommitID) throws(GitFault) -> CommitID? {
        let commit = try handle(id)
        let tree = try Handle<TreeKind> { git_commit_tree(&$0, commit.pointer) }
        var entry: OpaquePointer?
        guard try checkFound({ git_tree_entry_bypath(&entry, tree.pointer, path.text) }) != nil
        else {
            return nil
        }
        defer { git_tree_entry_free(entry) }
        guard let entry, let oid = git_tree_entry_id(entry) else { return nil }
        return CommitID(oid.pointee)
    }

    /// Nil if the history is shorter.
    private borrowing func ancestor(
        of id: CommitID,
        generations: Int
    ) throws(GitFault) -> CommitID? {
        let commit = try handle(id)
        let ancestor = try Handle<CommitKind>.find {
            git_commit_nth_gen_ancestor(&$0, commit.pointer, UInt32(clamping: generations))
        }
        guard let ancestor, let oid = git_commit_id(ancestor.pointer) else { return nil }
        return CommitID(oid.pointee)
    }

    /// A last line without a line break counts.
    private static func lineCount(_ bytes: [UInt8]) -> Int {
        let breaks = bytes.count { $0 == UInt8(ascii: "\n") }
        return bytes.last == UInt8(ascii: "\n") || bytes.isEmpty ? breaks : breaks + 1
    }
}

extension GitCommit {
    fileprivate init(_ commit: borrowing Handle<CommitKind>) throws(GitFault) {
        let commit = commit.pointer
        guard let id = git_commit_id(commit), let author = git_commit_author(commit),
            let committer = git_commit_committer(commit)
        else { throw GitFault(.invalidData, "a commit without name or author") }
        self.id = CommitID(id.pointee)
        self.author = Signature(author.pointee)
        self.committer = Signature(committer.pointee)
        subject = String((git_commit_summary(commit).map { String(cString: $0) } ?? "").prefix(200))
        parents = (0..<git_commit_parentcount(commit)).compactMap { index in
            git_commit_parent_id(commit, index).map { CommitID($0.pointee) }
        }
    }
}

extension GitCommit.Signature {
    fileprivate init(_ signature: git_signature) {
        name = signature.name.map { String(cString: $0) } ?? ""
        email = signature.email.map { String(cString: $0) } ?? ""
        when = GitCommit.Moment(
            secondsSince1970: signature.when.time,
            offsetMinutes: Int(signature.when.offset)
        )
    }
}

extension git_buf {
    fileprivate var bytes: [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: ptr, count: size))
    }
}
