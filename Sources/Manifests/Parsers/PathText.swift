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

    /// The path in the repository that `path` means in the file `file`; nil outside of it.
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

/// A path of the host in an option for a driver, also behind `file:`, `unix:` and the like.
struct HostPathReference: Hashable, Sendable {
    var path: String
    var isSocket = false

    /// Reads a value; nil where it names no path.
    ///
    /// Throws where drivers read one address in several ways: some take what stands between the
    /// slashes for a host's name, decode `%2f`, or stop at `?` and `#`.
    init?(_ text: String) throws(TextError) {
        let slash = UInt8(ascii: "/")
        if text.utf8.first == slash {
            path = text
            return
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon].lowercased()
        isSocket = scheme.hasPrefix("unix")
        guard scheme == "file" || Self.sockets.contains(scheme) else { return nil }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        path = "/" + String(Substring(rest.drop { $0 == slash }))
        let hasHost =
            rest.first != slash
            || rest.starts(with: [slash, slash])
                && rest.dropFirst(2).first != slash
        guard !hasHost, !path.utf8.contains(where: Array("%?#".utf8).contains) else {
            throw TextError("\(text.quoted) can be read in several ways")
                .with(remedy: "write \(scheme):///path, without %, ? and #")
        }
    }

    private static let sockets: Set<String> = ["unix", "unixgram", "unixpacket"]
}
