internal import Foundation
internal import Platform

/// Files that are written all or none; what is there already stays as it is.
package struct NewFiles {
    private var files: [(path: String, bytes: [UInt8], isSecret: Bool)] = []

    /// Starts with none.
    package init() {}

    /// Adds a file; a secret one is readable by its owner alone (mode 0600).
    package mutating func add(_ path: String, _ bytes: [UInt8], isSecret: Bool = false) {
        files.append((path, bytes, isSecret))
    }

    /// Writes them, and the folders that they need.
    ///
    /// - Throws: `AlreadyThere` before anything is written, or `FileError`; files and folders that
    ///   were created until then are removed.
    package func write() throws {
        let taken = files.map(\.path).filter(Self.exists)
        guard taken.isEmpty else { throw AlreadyThere(paths: taken) }
        var created: [String] = []
        do {
            for file in files {
                let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
                for missing in Self.missing(folder) {
                    try AtomicFile.createFolder(missing, mode: file.isSecret ? 0o700 : 0o755)
                    created.append(missing)
                }
                try Self.create(file.path, mode: file.isSecret ? 0o600 : 0o644)
                created.append(file.path)
                try AtomicFile.overwrite(
                    file.path,
                    with: file.bytes,
                    mode: file.isSecret ? 0o600 : 0o644
                )
            }
        } catch {
            // A folder that another process has put something into stays.
            for path in created.reversed() { remove(path) }
            throw error
        }
    }

    /// Creates an empty file where nothing is, not even a link.
    private static func create(_ path: String, mode: mode_t) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .last("create", path) }
        close(descriptor)
    }

    /// Whether anything is there, a link without a target included.
    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The folders on the way that are not there, the outermost first.
    private static func missing(_ folder: String) -> [String] {
        guard !exists(folder), folder != "/", !folder.isEmpty else { return [] }
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        return missing(parent) + [folder]
    }
}

/// Files that would have to be overwritten.
package struct AlreadyThere: Error, CustomStringConvertible {
    /// The files.
    package let paths: [String]

    /// Names the files.
    package init(paths: [String]) { self.paths = paths }

    /// What happened, and what to do next.
    package var description: String {
        "\(paths.joined(separator: ", ")): already there, and nothing is overwritten; name another "
            + "folder, or move what is there away"
    }
}
