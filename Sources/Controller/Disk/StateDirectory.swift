internal import Foundation
internal import Platform

/// What Berth keeps in its state directory for containers; every call blocks.
struct StateDirectory: Sendable {
    let layout: HostLayout

    /// What calls about it are called in errors.
    static let subject = "the state directory"

    /// Whether this process may create files there.
    var isWritable: Bool { access(layout.stateDirectory, R_OK | W_OK | X_OK) == 0 }

    /// The process that acts on it; nil if none does.
    var controller: Int32? { FileLock.holder(path: layout.lock) }

    /// Whether others than root get into the folder of mounted files.
    var areFilesOpen: Bool {
        var status = stat()
        return stat(layout.files, &status) == 0 && status.st_mode & 0o777 != 0o700
    }

    /// Creates the folder of mounted files, for root alone.
    func createFilesFolder() throws(FileError) {
        try AtomicFile.createFolder(layout.files, mode: 0o700)
        guard chmod(layout.files, 0o700) == 0 else {
            throw FileError.last("set the mode of", layout.files)
        }
    }

    /// Writes an `/etc/hosts` in place: a container mounts the very file.
    func write(_ hosts: HostsFile, to path: String, of environment: String) throws(FileError) {
        try AtomicFile.createFolder(layout.hosts(of: environment))
        try AtomicFile.overwrite(path, with: Array(hosts.text.utf8))
    }

    func holds(_ hosts: HostsFile, at path: String) -> Bool {
        FileManager.default.contents(atPath: path) == Data(hosts.text.utf8)
    }
}
