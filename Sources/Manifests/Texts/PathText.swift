/// Paths as Compose and git write them.
enum PathText {
    /// The shortest path that means the same: no `.`, no `..` where it can go, no `//`.
    static func cleaned(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/\(joined)" : joined.isEmpty ? "." : joined
    }

    /// The path in the repository that `path` means when the file `file` says it; nil where it
    /// leads out of the repository.
    static func inRepository(_ path: String, from file: String) -> String? {
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        let cleaned = cleaned(folder.isEmpty ? path : "\(folder)/\(path)")
        return cleaned == ".." || cleaned.hasPrefix("../") ? nil : cleaned
    }

    /// Whether `path` is `folder` or lies in it, both absolute and cleaned.
    static func isInside(_ path: String, of folder: String) -> Bool {
        path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : "\(folder)/")
    }
}
