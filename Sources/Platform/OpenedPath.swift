internal import Cglibc
internal import Foundation

/// A file or folder of the host, held open, with the place where it really is.
///
/// The path is walked name by name, each relative to the folder that is already open, so renaming
/// and links that are replaced on the way cannot lead the walk anywhere but where it says it went;
/// openat2(2) with `RESOLVE_BENEATH` gives the same hold, and refuses absolute links that stay
/// inside.
/// Paths are split as the kernel splits them: to Swift's characters a slash with a combining mark
/// behind it is no slash.
package final class OpenedPath: Sendable {
    /// Opened with `O_PATH`: names the file, and reads nothing.
    package let descriptor: Int32
    /// The absolute path without links, as it was when it was walked.
    package let path: String
    /// The folders in which a name was looked up on the way, links included.
    package let folders: Set<String>
    package let isFolder: Bool

    /// What the kernel follows on one path, too.
    private static let maximumLinks = 40
    /// Each open folder holds a descriptor.
    private static let maximumDepth = 128
    private static let slash = UInt8(ascii: "/")

    private init(descriptor: Int32, path: String, folders: Set<String>, isFolder: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.folders = folders
        self.isFolder = isFolder
    }

    deinit { close(descriptor) }

    /// Where the kernel shows the open file: opening or mounting this reaches the same inode.
    package var handle: String { "/proc/self/fd/\(descriptor)" }

    /// Opens an absolute path; blocks.
    ///
    /// `mayCreate` says of the path of a missing folder whether it is created.
    package static func open(
        _ path: String,
        mayCreate: (String) -> Bool = { _ in false }
    ) throws(PathError) -> OpenedPath {
        guard path.utf8.first == slash, !path.utf8.contains(0) else {
            throw PathError(path: path, code: EINVAL)
        }
        let root = Glibc.open("/", BERTH_O_PATH | O_CLOEXEC)
        guard root >= 0 else { throw PathError(path: path, code: errno) }
        var walk = Walk(path, from: root)
        while let name = walk.next() { try walk.enter(name, mayCreate: mayCreate) }
        return walk.end()
    }

    /// The way so far: the open folders from the root on, and the names to come.
    private struct Walk: ~Copyable {
        private let wanted: String
        private var names: [String] = []
        private var descriptors: [Int32]
        /// The names still to come, the next one last.
        private var pending: [Substring]
        private var folders: Set<String> = []
        private var links = 0
        private var isFolder = true

        init(_ path: String, from root: Int32) {
            wanted = path
            pending = Self.names(in: path)
            descriptors = [root]
        }

        deinit { for descriptor in descriptors { close(descriptor) } }

        private var path: String { "/" + names.joined(separator: "/") }

        private func failure(_ code: Int32) -> PathError { PathError(path: wanted, code: code) }

        mutating func next() -> String? { pending.popLast().map(String.init) }

        mutating func enter(_ name: String, mayCreate: (String) -> Bool) throws(PathError) {
            guard isFolder else { throw failure(ENOTDIR) }
            guard name != "." else { return }
            guard name != ".." else { return leave() }
            guard names.count < OpenedPath.maximumDepth else { throw failure(ENAMETOOLONG) }
            let folder = descriptors[descriptors.count - 1]
            folders.insert(path)
            var descriptor = Self.open(name, in: folder)
            let place = (names + [name]).joined(separator: "/")
            if descriptor < 0, errno == ENOENT, mayCreate("/" + place) {
                guard mkdirat(folder, name, 0o755) == 0 || errno == EEXIST else {
                    throw failure(errno)
                }
                descriptor = Self.open(name, in: folder)
            }
            guard descriptor >= 0 else { throw failure(errno) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                defer { close(descriptor) }
                throw failure(errno)
            }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                names.append(name)
                descriptors.append(descriptor)
                isFolder = status.st_mode & S_IFMT == S_IFDIR
                return
            }
            defer { close(descriptor) }
            try follow(descriptor)
        }

        private static func open(_ name: String, in folder: Int32) -> Int32 {
            openat(folder, name, BERTH_O_PATH | O_NOFOLLOW | O_CLOEXEC)
        }

        private mutating func follow(_ link: Int32) throws(PathError) {
            links += 1
            guard links <= OpenedPath.maximumLinks else { throw failure(ELOOP) }
            var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = bytes.withUnsafeMutableBytes { buffer in
                buffer.withMemoryRebound(to: CChar.self) { characters in
                    characters.baseAddress.map { readlinkat(link, "", $0, characters.count) } ?? -1
                }
            }
            guard count > 0, count < bytes.count else { throw failure(count < 0 ? errno : ENOENT) }
            guard let target = String(validating: bytes[..<count], as: UTF8.self) else {
                throw failure(EILSEQ)
            }
            if target.utf8.first == slash { while names.count > 0 { leave() } }
            pending += Self.names(in: target)
        }

        /// The names of a path, the first one last.
        private static func names(in path: String) -> [Substring] {
            path.utf8.split(separator: slash).map(Substring.init).reversed()
        }

        /// Back to the folder that was left open: what a name means there now does not matter.
        private mutating func leave() {
            guard names.popLast() != nil else { return }
            close(descriptors.removeLast())
            isFolder = true
        }

        mutating func end() -> OpenedPath {
            OpenedPath(
                descriptor: descriptors.removeLast(),
                path: path,
                folders: folders,
                isFolder: isFolder
            )
        }
    }
}

/// A path of this host could not be followed to its end.
package struct PathError: Error, Equatable, CustomStringConvertible {
    package var path: String
    /// An `errno`.
    package var code: Int32

    package var description: String {
        "\(path) of this host cannot be opened: \(String(cString: strerror(code)))"
    }
}
