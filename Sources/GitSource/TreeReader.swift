import Clibgit2

/// Reads files out of a commit's tree, without a checkout and within limits.
struct TreeReader: ~Copyable {
    private let repository: OpaquePointer
    private let database: Handle<DatabaseKind>
    private let root: git_oid
    private let limits: GitLimits
    private var files: [GitFile] = []
    private var entriesSeen = 0
    private var bytesRead = 0

    /// The repository must outlive the reader.
    init(
        _ repository: borrowing Handle<RepositoryKind>,
        at id: CommitID,
        limits: GitLimits
    ) throws(GitFault) {
        let database = try repository.database()
        let commit = try repository.commit(id)
        guard let root = git_commit_tree_id(commit.pointer) else { throw GitFault(.invalidData) }
        self.repository = repository.pointer
        self.database = database
        self.root = root.pointee
        self.limits = limits
    }

    /// An entry of a tree, copied out of it.
    private struct Entry {
        let name: String
        /// Whether the name may be given to a file system.
        var isNamed = true
        let oid: git_oid
        let mode: git_filemode_t

        /// Why it is not read, nil if it is.
        var refusal: GitError.Entry? {
            guard isNamed else { return .badName }
            return switch mode {
            case GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE, GIT_FILEMODE_TREE: nil
            case GIT_FILEMODE_LINK: .symbolicLink
            case GIT_FILEMODE_COMMIT: .submodule
            default: .unknown
            }
        }
    }

    /// The files in the folders, not in folders below, that `isWanted` accepts, sorted by path.
    ///
    /// A missing folder has no files.
    /// Symbolic links, submodules and unusable names that `isWanted` accepts are refused: to ignore
    /// one would be to act on half of what was committed.
    mutating func files(
        in folders: [String],
        where isWanted: (String) -> Bool
    ) throws(GitFault) -> [GitFile] {
        for folder in folders {
            guard let path = GitPath(folder) else { throw GitFault(.pathNotFound(folder)) }
            guard let entry = try entry(at: path) else { continue }
            guard entry.mode == GIT_FILEMODE_TREE else {
                throw GitFault(.pathNotFound("\(path.text)/"), "it is a file, not a folder")
            }
            try read(entry.oid, path: path.text, isWanted)
        }
        return files.sorted { $0.path < $1.path }
    }

    /// One file; its path and every folder on the way must be plain.
    mutating func file(at text: String) throws(GitFault) -> GitFile {
        guard let path = GitPath(text), let entry = try entry(at: path) else {
            throw GitFault(.pathNotFound(text))
        }
        guard entry.mode != GIT_FILEMODE_TREE else {
            throw GitFault(.refusedEntry(path: path.text, .folder))
        }
        return try read(entry, path: path.text)
    }

    /// Follows a path from the top of the commit.
    private borrowing func entry(at path: GitPath) throws(GitFault) -> Entry? {
        var found = Entry(name: "", oid: root, mode: GIT_FILEMODE_TREE)
        var walked = ""
        for name in path.components {
            guard found.mode == GIT_FILEMODE_TREE else { return nil }
            walked += walked.isEmpty ? name : "/\(name)"
            guard let next = try child(name, of: found.oid, path: walked) else { return nil }
            found = next
        }
        return found
    }

    private borrowing func child(
        _ name: String,
        of tree: git_oid,
        path: String
    ) throws(GitFault) -> Entry? {
        let tree = try self.tree(tree, path: path)
        guard let raw = git_tree_entry_byname(tree.pointer, name) else { return nil }
        let entry = try Self.entry(raw, in: path)
        if let refusal = entry.refusal { throw GitFault(.refusedEntry(path: path, refusal)) }
        return entry
    }

    private mutating func read(
        _ folder: git_oid,
        path: String,
        _ isWanted: (String) -> Bool
    ) throws(GitFault) {
        let tree = try self.tree(folder, path: path)
        let count = git_tree_entrycount(tree.pointer)
        entriesSeen += count
        guard entriesSeen <= limits.files * 8 else {
            throw GitFault(.tooLarge(what: "the number of entries", limit: limits.files * 8))
        }
        for index in 0..<count {
            guard let raw = git_tree_entry_byindex(tree.pointer, index) else { continue }
            let entry = try Self.entry(raw, in: path)
            let path = "\(path)/\(entry.name)"
            let isFolder = entry.mode == GIT_FILEMODE_TREE && entry.isNamed
            guard !isFolder, isWanted(path) else { continue }
            if let refusal = entry.refusal { throw GitFault(.refusedEntry(path: path, refusal)) }
            guard files.count < limits.files else {
                throw GitFault(.tooLarge(what: "the number of files", limit: limits.files))
            }
            files.append(try read(entry, path: path))
        }
    }

    /// A tree object is small by nature; one that is not is not unpacked.
    private borrowing func tree(
        _ oid: git_oid,
        path: String
    ) throws(GitFault) -> Handle<TreeKind> {
        try checkSize(of: oid, path: path)
        let repository = repository
        var oid = oid
        return try Self.present { git_tree_lookup(&$0, repository, &oid) }
    }

    private mutating func read(_ entry: Entry, path: String) throws(GitFault) -> GitFile {
        let size = try checkSize(of: entry.oid, path: path)
        bytesRead += size
        guard bytesRead <= limits.bytesInAll else {
            throw GitFault(
                .tooLarge(what: "all files together, in bytes,", limit: limits.bytesInAll)
            )
        }
        let database = database.pointer
        var oid = entry.oid
        let object: Handle<DatabaseObjectKind> = try Self.present {
            git_odb_read(&$0, database, &oid)
        }
        let content = UnsafeRawBufferPointer(
            start: git_odb_object_data(object.pointer),
            count: git_odb_object_size(object.pointer)
        )
        return GitFile(path: path, bytes: [UInt8](content))
    }

    /// Reads an object's size from its header, before its content is unpacked into memory.
    @discardableResult
    private borrowing func checkSize(of oid: git_oid, path: String) throws(GitFault) -> Int {
        let database = database.pointer
        var (oid, size, type) = (oid, 0, GIT_OBJECT_ANY)
        guard try checkFound({ git_odb_read_header(&size, &type, database, &oid) }) != nil else {
            throw GitFault(.damagedMirror, "\"\(path)\" is missing")
        }
        guard size <= limits.bytesPerFile else {
            throw GitFault(
                .tooLarge(what: "\"\(path)\", with \(size) bytes,", limit: limits.bytesPerFile)
            )
        }
        return size
    }

    /// An object that a commit of ours reaches; it can only be missing if the mirror lost it.
    private static func present<Kind: HandleKind>(
        _ lookUp: (inout OpaquePointer?) -> Int32
    ) throws(GitFault) -> Handle<Kind> {
        guard let handle = try Handle<Kind>.find(lookUp) else {
            throw GitFault(.damagedMirror, "an object is missing")
        }
        return handle
    }

    private static func entry(_ raw: OpaquePointer, in folder: String) throws(GitFault) -> Entry {
        guard let name = git_tree_entry_name(raw), let oid = git_tree_entry_id(raw) else {
            throw GitFault(.invalidData, "an entry of \"\(folder)\" has no name")
        }
        return Entry(
            name: String(cString: name),
            isNamed: String(validatingCString: name).map(isUsable) ?? false,
            oid: oid.pointee,
            mode: git_tree_entry_filemode_raw(raw)
        )
    }

    private static func isUsable(_ name: String) -> Bool {
        !["", ".", ".."].contains(name) && !name.contains("/") && name.lowercased() != ".git"
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
