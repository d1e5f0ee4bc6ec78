/// Paths as Compose and git write them, byte by byte as the kernel reads them.
///
/// To Swift's characters a slash with a combining mark behind it is no slash, and two spellings of
/// one letter are equal.
enum PathText {
    /// The shortest path that means the same: no `.`, no `..` where it can go, no `//`.
    static func cleaned(_ path: String) -> String {
        let isAbsolute = path.utf8.first == slash
        var parts: [Substring] = []
        for part in path.utf8.split(separator: slash).map(Substring.init) where part != "." {
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
        let folder = file.utf8.split(separator: slash).dropLast().map { String(Substring($0)) }
            .joined(separator: "/")
        let cleaned = cleaned(folder.isEmpty ? path : "\(folder)/\(path)")
        return isInside(cleaned, of: "..") ? nil : cleaned
    }

    /// Whether `path` is `folder` or lies in it, both cleaned.
    static func isInside(_ path: String, of folder: String) -> Bool {
        guard path.utf8.starts(with: folder.utf8) else { return false }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        return rest.isEmpty || rest.first == slash || folder.utf8.last == slash
    }

    private static let slash = UInt8(ascii: "/")
}
