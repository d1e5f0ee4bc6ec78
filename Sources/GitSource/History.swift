import Clibgit2
import Printing

/// A commit's ancestors, and who last changed a line.
extension Handle where Kind == RepositoryKind {
    borrowing func details(of id: CommitID) throws(GitFault) -> GitCommit {
        try GitCommit(try commit(id))
    }

    /// The commit and its ancestors along first parents, newest first.
    borrowing func firstParents(
        of id: CommitID,
        limit: Int
    ) throws(GitFault) -> [GitCommit] {
        var commits: [GitCommit] = []
        var next: CommitID? = id
        while let id = next, commits.count < limit {
            let commit = try details(of: id)
            commits.append(commit)
            next = commit.parents.first
        }
        return commits
    }

    /// Which commit last set each of the lines, counted from 1; all lines without a range.
    borrowing func blame(
        _ path: String,
        lines: ClosedRange<Int>?,
        at id: CommitID,
        limits: GitLimits
    ) throws(GitFault) -> [GitBlameLine] {
        var reader = try TreeReader(self, at: id, limits: limits)
        let file = try reader.file(at: path)
        let count = Self.lineCount(file.bytes)
        // libgit2 trusts the range and reads beyond the file's end.
        guard count > 0, lines.map({ $0.overlaps(1...count) }) ?? true else { return [] }
        let searched = (lines ?? 1...count).clamped(to: 1...count)

        var options = git_blame_options()
        try check { git_blame_options_init(&options, UInt32(GIT_BLAME_OPTIONS_VERSION)) }
        options.newest_commit = id.oid
        options.min_line = searched.lowerBound
        options.max_line = searched.upperBound
        if let oldest = try ancestor(of: id, generations: limits.historyDepth) {
            options.oldest_commit = oldest.oid
        }
        let repository = pointer
        let blame = try Handle<BlameKind> { git_blame_file(&$0, repository, file.path, &options) }

        var commits: [CommitID: GitCommit] = [:]
        var result: [GitBlameLine] = []
        for line in searched {
            guard let hunk = git_blame_get_hunk_byline(blame.pointer, line)?.pointee else {
                continue
            }
            let author = CommitID(hunk.final_commit_id)
            let commit: GitCommit
            if let known = commits[author] {
                commit = known
            } else {
                commit = try details(of: author)
            }
            commits[author] = commit
            result.append(GitBlameLine(line: line, commit: commit))
        }
        return result
    }

    /// Nil if the history is shorter.
    private borrowing func ancestor(
        of id: CommitID,
        generations: Int
    ) throws(GitFault) -> CommitID? {
        let commit = try commit(id)
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
        guard let id = git_commit_id(commit), let author = git_commit_author(commit)?.pointee else {
            throw GitFault(.invalidData, "a commit without name or author")
        }
        self.id = CommitID(id.pointee)
        self.author = Self.printable(author.name)
        authoredAt = author.when.time
        subject = Self.printable(git_commit_summary(commit))
        parents = (0..<git_commit_parentcount(commit)).compactMap { index in
            git_commit_parent_id(commit, index).map { CommitID($0.pointee) }
        }
    }

    private static func printable(_ text: UnsafePointer<CChar>?) -> String {
        (text.map { String(cString: $0) } ?? "").onOneLine(ofAtMost: 200)
    }
}
