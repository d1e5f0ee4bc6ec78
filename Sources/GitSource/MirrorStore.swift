import Clibgit2
import Foundation
import Glibc
import Platform

/// The mirror's place on disk.
///
/// ```
/// <directory>/current -> 7.git    the mirror in use; this link is replaced in one step
/// <directory>/7.git               a bare repository
/// <directory>/lock                held by the process that writes
/// ```
/// A mirror is created beside the one in use and takes its place when it is complete, so a crash
/// leaves either the old one or the new one; all that `current` does not name is removed.
struct MirrorStore: Sendable {
    let directory: String
    /// The URL that the mirror must have been created for.
    let remote: String

    enum State: ~Copyable {
        case usable(Handle<RepositoryKind>)
        case missing
        /// Of another remote, or damaged; with the reason.
        case unusable(String)
    }

    private static let remoteKey = "berth.remote"
    private static let damageMark = "berth-damaged"
    private var link: String { "\(directory)/current" }

    /// Opens the mirror for reading; needs no lock.
    func open() throws(GitFault) -> State {
        guard let path = try currentPath(), access(path, F_OK) == 0 else { return .missing }
        try checkOwner(of: path)
        if access("\(path)/\(Self.damageMark)", F_OK) == 0 {
            return .unusable("it was found damaged")
        }
        do throws(GitFault) {
            let repository = try Handle<RepositoryKind>(at: path, bare: true)
            guard try Self.remote(of: repository) == remote else {
                return .unusable("it mirrors another remote")
            }
            return .usable(repository)
        } catch {
            guard error.problem == .damagedMirror else { throw error }
            return .unusable(error.detail)
        }
    }

    /// Marks the mirror in use as damaged, so that the next fetch recreates it.
    func markDamaged() {
        guard let path = try? currentPath() else { return }
        close(Glibc.open("\(path)/\(Self.damageMark)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
    }

    /// The tips of the branches in the mirror in use, as far as a damaged one shows them.
    func lastKnownBranches() -> [String: CommitID] {
        var branches: [String: CommitID] = [:]
        do throws(GitFault) {
            guard let path = try currentPath() else { return [:] }
            let mirror = try Handle<RepositoryKind>(at: path, bare: true)
            guard try Self.remote(of: mirror) == remote else { return [:] }
            for name in try mirror.references(under: Revisions.branches) {
                branches[name] = try mirror.target(of: name)
            }
        } catch {
            return branches
        }
        return branches
    }

    /// The mirror in use; read once, so that a swap in between cannot mix two mirrors.
    private func currentPath() throws(GitFault) -> String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { readlink(link, $0, bytes.count) }
                ?? -1
        }
        guard count > 0 else {
            guard errno == ENOENT || errno == EINVAL else { throw .system(.storage, link) }
            return nil
        }
        let name = String(decoding: buffer[..<count], as: UTF8.self)
        guard Self.generation(of: name) != nil else { return nil }
        return "\(directory)/\(name)"
    }

    /// libgit2's own check of owners is off (`Libgit2`); another user's mirror is not touched.
    private func checkOwner(of path: String) throws(GitFault) {
        for path in [directory, path] {
            var status = stat()
            guard lstat(path, &status) == 0 else { throw .system(.storage, path) }
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
                throw GitFault(
                    .storage,
                    "\(path) is not a folder of user \(geteuid()), who runs Berth; remove it"
                )
            }
        }
    }

    private static func generation(of name: String) -> Int? {
        guard name.hasSuffix(".git") else { return nil }
        return Int(name.dropLast(4))
    }

    private static func remote(
        of repository: borrowing Handle<RepositoryKind>
    ) throws(GitFault) -> String? {
        let pointer = repository.pointer
        let configuration = try Handle<ConfigurationKind> {
            git_repository_config_snapshot(&$0, pointer)
        }
        var value: UnsafePointer<CChar>?
        let found = try checkFound {
            git_config_get_string(&value, configuration.pointer, remoteKey)
        }
        return found == nil ? nil : value.map { String(cString: $0) }
    }
}

// MARK: Writing, under the lock

extension MirrorStore {
    /// Creates an empty mirror beside the one in use.
    func create() throws(GitFault) -> Handle<RepositoryKind> {
        let newest = try generations().max() ?? 0
        let path = "\(directory)/\(newest + 1).git"
        guard mkdir(path, 0o700) == 0 else { throw .system(.storage, path) }
        var options = git_repository_init_options()
        try check {
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        }
        options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
        let repository = try Handle<RepositoryKind> {
            git_repository_init_ext(&$0, path, &options)
        }
        let pointer = repository.pointer
        let configuration = try Handle<ConfigurationKind> { git_repository_config(&$0, pointer) }
        try check { git_config_set_string(configuration.pointer, Self.remoteKey, remote) }
        return repository
    }

    /// Puts a mirror that `create` returned into use, and removes the one before.
    func adopt(_ repository: consuming Handle<RepositoryKind>) throws(GitFault) {
        guard let name = repository.path.split(separator: "/").last.map(String.init) else {
            throw GitFault(.storage, "the new mirror has no name")
        }
        let next = "\(directory)/next"
        unlink(next)
        guard symlink(name, next) == 0 else { throw .system(.storage, next) }
        guard rename(next, link) == 0 else { throw .system(.storage, link) }
        synchronise(directory)
        try sweep()
    }

    /// Removes what a killed process left: mirrors not in use, lock files, half-received packs.
    ///
    /// Only the holder of the lock writes here, so none of them is still in use.
    func sweep() throws(GitFault) {
        let current = try currentPath()
        unlink("\(directory)/next")
        for generation in try generations() {
            let path = "\(directory)/\(generation).git"
            if path != current { try? FileManager.default.removeItem(atPath: path) }
        }
        guard let current else { return }
        let rest = FileManager.default.enumerator(atPath: current)
        while let path = rest?.nextObject() as? String {
            // libgit2's names for both: filebuf.h and futils.c@v1.5.1.
            let isUnfinished =
                path.hasSuffix(".lock")
                || (path.hasPrefix("objects/pack/") && path.contains("_git2_"))
            if isUnfinished { unlink("\(current)/\(path)") }
        }
    }

    func packCount() throws(GitFault) -> Int {
        guard let path = try currentPath() else { return 0 }
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/objects/pack")) ?? []
        return names.count { $0.hasSuffix(".pack") }
    }

    private func generations() throws(GitFault) -> [Int] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            return names.compactMap(Self.generation)
        } catch {
            throw GitFault(.storage, "\(directory): \(error.localizedDescription)")
        }
    }

    private func synchronise(_ folder: String) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// The right to write to a mirror; ends with the value, or with the process.
struct MirrorLock: ~Copyable {
    private let descriptor: Int32

    /// Creates the directory if it is missing, and waits until no other process writes in it.
    init(in directory: String, attempt: NetworkAttempt) throws(GitFault) {
        do throws(FileError) {
            try AtomicFile.createFolder(directory, mode: 0o700)
        } catch {
            throw GitFault(.storage, "\(error.path): \(error.reason)")
        }
        let path = "\(directory)/lock"
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(.storage, path) }
        do throws(GitFault) {
            try Self.wait(for: descriptor, path, attempt)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func wait(
        for descriptor: Int32,
        _ path: String,
        _ attempt: NetworkAttempt
    ) throws(GitFault) {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw .system(.storage, path) }
            do throws(GitFault) {
                try attempt.checkTime()
            } catch {
                guard error.problem == .timedOut else { throw error }
                throw GitFault(.busy, "another process holds \(path)")
            }
            // flock has no time limit of its own.
            usleep(50_000)
        }
    }
}
