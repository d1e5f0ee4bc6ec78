import Clibgit2
import Printing

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
            result.append(GitBlameLine(line: line, commit: commit))
        }
        return result
    }

    private borrowing func handle(_ id: CommitID) throws(GitFault) -> Handle<CommitKind> {
        let repository = repository
        var oid = id.oid
        guard let commit = try Handle<CommitKind>.find({ git_commit_lookup(&$0, repository, &oid) })
        else { throw GitFault(.revisionNotFound(id.hex)) }
        return commit
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
        subject = (git_commit_summary(commit).map { String(cString: $0) } ?? "")
            .onOneLine(ofAtMost: 200)
        parents = (0..<git_commit_parentcount(commit)).compactMap { index in
            git_commit_parent_id(commit, index).map { CommitID($0.pointee) }
        }
    }
}

extension GitCommit.Signature {
    fileprivate init(_ signature: git_signature) {
        name = (signature.name.map { String(cString: $0) } ?? "").onOneLine(ofAtMost: 200)
        email = (signature.email.map { String(cString: $0) } ?? "").onOneLine(ofAtMost: 200)
        when = GitCommit.Moment(
            secondsSince1970: signature.when.time,
            offsetMinutes: Int(signature.when.offset)
        )
    }
}
