/// Where a container writes, by one of the place's names.
package enum StoragePlace: Hashable, Sendable {
    /// A volume, by its name in Docker.
    case volume(String)
    /// An absolute path of the host, without `.` and `..`.
    case path(String)
    /// A file or folder of the host, whatever its path.
    case node(device: UInt64, number: UInt64)
    /// A path on a file server.
    case share(server: String, path: String)

    /// Whether one of both is the other, or lies in it.
    package func overlaps(_ other: StoragePlace) -> Bool {
        switch (self, other) {
        case (.path(let one), .path(let two)): one.isIn(two) || two.isIn(one)
        case (.share(let one, let inner), .share(let two, let outer)):
            one == two && (inner.isIn(outer) || outer.isIn(inner))
        case (.volume, _), (.node, _), (.path, _), (.share, _): self == other
        }
    }

    /// The place itself, then what it lies in, the nearest first.
    package var enclosing: [StoragePlace] {
        switch self {
        case .volume, .node: [self]
        case .path(let path): Self.folders(of: path).map(StoragePlace.path)
        case .share(let server, let path):
            Self.folders(of: path).map { .share(server: server, path: $0) }
        }
    }

    /// Of what the kernel opens: no path is longer, or lies deeper than Berth follows it.
    private static func folders(of path: String) -> [String] {
        var folders = [path]
        guard path.utf8.count <= 4_096 else { return folders }
        var rest = path.utf8[...]
        while folders.count < 128, let slash = rest.lastIndex(of: UInt8(ascii: "/")),
            slash != rest.startIndex
        {
            rest = rest[..<slash]
            folders.append(String(Substring(rest)))
        }
        return path == "/" ? folders : folders + ["/"]
    }
}
