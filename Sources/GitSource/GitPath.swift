/// A path inside a repository, taken apart.
struct GitPath: Equatable {
    let components: [String]

    /// Accepts `a/b`, with `.` and empty parts left out and `..` taken back; nil above the top, and
    /// for the top itself.
    init?(_ text: String) {
        guard !text.hasPrefix("/"), !text.utf8.contains(0) else { return nil }
        var components: [String] = []
        for part in text.split(separator: "/") where part != "." {
            guard part == ".." else {
                components.append(String(part))
                continue
            }
            guard components.popLast() != nil else { return nil }
        }
        guard !components.isEmpty else { return nil }
        self.components = components
    }

    var text: String { components.joined(separator: "/") }
}
