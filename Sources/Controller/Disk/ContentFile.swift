internal import Digests
internal import Foundation
internal import Platform

/// A file of the commit as containers mount it: known by its content, and root's.
struct ContentFile {
    let path: String
    let digest: Digest
    /// Permission bits.
    let mode: UInt32

    /// What tells whether a file was touched since it was read: every change moves the last of it.
    struct Stamp: Equatable {
        let inode: UInt64
        let size: Int64
        let mode: UInt32
        let owner: UInt32
        let group: UInt32
        let changed: [Int]
    }

    /// How the file is.
    enum Finding: Equatable {
        case good(Stamp)
        case missing
        /// What differs, in words.
        case different(field: String, desired: String, actual: String)
    }

    /// Looks at the file, and reads it unless it is as it was when it was last found good.
    func look(known: Stamp?) -> Finding {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT ? .missing : odd("a file", "no regular file")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .missing }
        guard status.st_mode & S_IFMT == S_IFREG else { return odd("a file", "no regular file") }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            return odd("owned by root", "owned by \(status.st_uid)")
        }
        guard status.st_mode & 0o7777 == mode else {
            let actual = String(status.st_mode & 0o7777, radix: 8)
            return odd("mode \(String(mode, radix: 8))", "mode \(actual)")
        }
        let stamp = Stamp(
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            mode: status.st_mode,
            owner: status.st_uid,
            group: status.st_gid,
            changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        )
        if stamp == known { return .good(stamp) }
        guard content(of: descriptor) == digest else {
            return .different(field: "content", desired: digest.short, actual: "other content")
        }
        return .good(stamp)
    }

    /// Writes the file as it should be.
    ///
    /// Containers that mount it hold its inode, so a regular file keeps it.
    func write(_ bytes: [UInt8]) throws(FileError) {
        var status = stat()
        let isThere = lstat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 {
            guard lchown(path, 0, 0) == 0 || geteuid() != 0 else {
                throw .last("set the owner of", path)
            }
            return try AtomicFile.overwrite(path, with: bytes, mode: mode)
        }
        try AtomicFile.replace(path, with: bytes, mode: mode)
    }

    private func odd(_ desired: String, _ actual: String) -> Finding {
        .different(field: "file", desired: desired, actual: actual)
    }

    private func content(of descriptor: Int32) -> Digest? {
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        // Nothing larger is ever written; what grew is other content.
        for _ in 0..<64 {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return hash.digest }
            guard count > 0 else { return nil }
            hash.update(piece[..<count])
        }
        return nil
    }
}
