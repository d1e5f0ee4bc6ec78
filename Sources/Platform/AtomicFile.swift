internal import Foundation

/// Files that are either as they were or as they should be, whenever the power goes.
package enum AtomicFile {
    /// Replaces the file's content: written beside it, synced, renamed over it.
    package static func replace(
        _ path: String,
        with bytes: [UInt8],
        mode: UInt32 = 0o644
    ) throws(FileError) {
        // A name of its own: two tasks may replace the same file.
        let temporary = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 16)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .last("create", temporary) }
        defer { close(descriptor) }
        do throws(FileError) {
            try setMode(mode, of: descriptor, path: temporary)
            try writeAll(bytes, to: descriptor, path: temporary)
            guard fsync(descriptor) == 0 else { throw .last("sync", temporary) }
            guard rename(temporary, path) == 0 else { throw .last("rename", temporary) }
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(of: path)
    }

    /// Writes the content into the file, keeping its inode, for files that are mounted into
    /// containers.
    ///
    /// Readers see the old beginning or the new one, never an empty file.
    package static func overwrite(
        _ path: String,
        with bytes: [UInt8],
        mode: UInt32 = 0o644
    ) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        try setMode(mode, of: descriptor, path: path)
        try writeAll(bytes, to: descriptor, path: path)
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw .last("cut", path) }
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    /// Adds a line at the end, in one write, and syncs it.
    package static func append(_ line: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        try writeAll(line, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw .last("sync", path) }
    }

    /// Creates a folder and those above it, where they are missing.
    package static func createFolder(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
        if createOne(path, mode) { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .last("create", path)
        }
        try createFolder(String(path[..<slash]), mode: mode)
        guard createOne(path, mode) else { throw .last("create", path) }
    }

    /// Whether the folder exists now; else `errno` says why not.
    private static func createOne(_ path: String, _ mode: UInt32) -> Bool {
        if mkdir(path, mode) == 0 { return true }
        guard errno == EEXIST else { return false }
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        errno = ENOTDIR
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// `open` takes from a mode what the process's mask says.
    private static func setMode(
        _ mode: UInt32,
        of descriptor: Int32,
        path: String
    ) throws(FileError) {
        guard fchmod(descriptor, mode) == 0 else { throw .last("set the mode of", path) }
    }

    private static func writeAll(
        _ bytes: [UInt8],
        to descriptor: Int32,
        path: String
    ) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            offset += count
        }
    }

    /// A rename is only lasting once the folder is synced, too.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

package struct FileError: Error, Equatable, CustomStringConvertible {
    package var operation: String
    package var path: String
    package var reason: String

    /// The last call's failure, by `errno`.
    package static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }

    package var description: String {
        "cannot \(operation) \(path): \(reason); check free space and the folder's owner"
    }
}
