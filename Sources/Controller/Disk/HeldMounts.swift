internal import Foundation
internal import Model
internal import Platform

/// Mount points of Berth's own, each of which holds a file or folder of the host that a container
/// mounts, whatever happens to its name.
///
/// They lie in a memory file system: after a reboot there is none, so Docker fails to start such a
/// container instead of mounting an empty folder, and Berth starts it.
struct HeldMounts {
    /// Where they are: `<folder>/<container>/<path on the host>/@`.
    let folder: String

    private static let leaf = "@"

    /// The mount point that holds a path for a container.
    func point(of path: String, for container: String) -> String {
        "\(folder)/\(container)\(path)/\(Self.leaf)"
    }

    /// The path that a mount point holds, whichever state directory it is of; any other path is its
    /// own.
    static func origin(of path: String) -> String {
        let names = path.split(separator: "/", maxSplits: 3)
        guard names.count == 4, names[0] == "run", names[1] == "berth" else { return path }
        let held = HeldMounts(folder: "/run/berth/\(names[2])")
        return held.path(heldBy: path) ?? path
    }

    /// What a mount point holds; nil for a path that is none.
    func path(heldBy point: String) -> String? {
        guard point.isBeneath(folder), point.hasSuffix("/\(Self.leaf)") else { return nil }
        let rest = point.dropFirst(folder.utf8.count + 1).dropLast(Self.leaf.utf8.count + 1)
        return rest.firstIndex(of: "/").map { String(rest[$0...]) }
    }

    /// Holds what was opened for a container, and returns the mount point; blocks.
    func hold(_ opened: OpenedPath, for container: String) throws -> String {
        guard !opened.path.split(separator: "/").contains(Substring(Self.leaf)) else {
            throw UnholdablePath(path: opened.path)
        }
        let point = point(of: opened.path, for: container)
        try makeMemory()
        if isHolding(point, opened) { return point }
        try makePoint(point, isFolder: opened.isFolder)
        let flags = UInt(MS_BIND) | UInt(MS_REC)
        guard mount(opened.handle, point, nil, flags, nil) == 0 else {
            throw FileError.last("mount \(opened.path) at", point)
        }
        guard isHolding(point, opened) else { throw UnholdablePath(path: opened.path) }
        return point
    }

    /// Lets go of everything that is held for a container; blocks.
    func release(_ container: String) {
        let own = "\(folder)/\(container)"
        for point in Self.mountPoints(beneath: own).reversed() {
            guard umount2(point, Int32(MNT_DETACH)) == 0 else { continue }
            // The kernel removes neither what is in use nor what is not empty.
            if unlink(point) != 0 { rmdir(point) }
            var path = point
            while path != own, let slash = path.lastIndex(of: "/") {
                path = String(path[..<slash])
                guard rmdir(path) == 0 else { break }
            }
        }
        // The kernel keeps it as long as something else is held in it.
        if Self.mountPoints(beneath: folder).isEmpty, isMemory, umount2(folder, 0) == 0 {
            rmdir(folder)
        }
    }

    private func isHolding(_ point: String, _ opened: OpenedPath) -> Bool {
        var (have, want) = (stat(), stat())
        guard stat(point, &have) == 0, fstat(opened.descriptor, &want) == 0 else { return false }
        return have.st_dev == want.st_dev && have.st_ino == want.st_ino
    }

    /// Whether the memory file system is there.
    private var isMemory: Bool {
        var (own, parent) = (stat(), stat())
        return stat(folder, &own) == 0 && stat("\(folder)/..", &parent) == 0
            && own.st_dev != parent.st_dev
    }

    private func makeMemory() throws {
        try AtomicFile.createFolder(folder, mode: 0o700)
        guard !isMemory else { return }
        let flags =
            UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC)
        guard mount("berth", folder, "tmpfs", flags, "mode=0700,size=16m") == 0 else {
            throw FileError.last("mount a memory file system at", folder)
        }
    }

    private func makePoint(_ point: String, isFolder: Bool) throws {
        guard let slash = point.lastIndex(of: "/") else { return }
        try AtomicFile.createFolder(isFolder ? point : String(point[..<slash]), mode: 0o700)
        guard !isFolder else { return }
        let file = open(point, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError.last("create", point) }
        close(file)
    }

    /// The mounts beneath a folder, in the order in which they were mounted.
    private static func mountPoints(beneath folder: String) -> [String] {
        mountPoints(in: KernelFile.text(of: "/proc/self/mountinfo") ?? "").filter {
            $0.isBeneath(folder)
        }
    }

    /// The fifth field of /proc/self/mountinfo, with its octal escapes resolved, proc(5).
    static func mountPoints(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 4 else { return nil }
            return String(fields[4]).replacing(/\\([0-7]{3})/) { match in
                String(UnicodeScalar(UInt8(match.1, radix: 8) ?? 0))
            }
        }
    }
}

/// A path of the host that cannot be held for a container.
struct UnholdablePath: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) of this host lies in a folder that a container can write to, and cannot be held "
            + "by itself; mount the folder, or a path without @ as a name"
    }
}
