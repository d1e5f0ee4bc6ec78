/// What Compose calls a project, and its containers have in the label `com.docker.compose.project`.
package enum ProjectName {
    /// The longest one: Docker takes 255 characters for a volume, whose key has up to 128.
    private static let most = 126

    /// A name as Compose derives it from another text, as a folder's.
    package static func normalised(_ text: String) -> String {
        let kept = text.lowercased().utf8.filter(isPart)
        return String(decoding: kept.drop { $0 == 0x5F || $0 == 0x2D }, as: UTF8.self)
    }

    /// What to write in the place of a name; nil for that of a project that can be adopted.
    package static func correction(of name: String) -> String? {
        guard isName(name) else {
            let lower = name.lowercased()
            return isName(lower)
                ? lower
                : "a project's name: lower-case letters, digits, hyphens and underscores, first a "
                    + "letter or a digit, at most \(most)"
        }
        return name.hasPrefix("berth-")
            ? "the name of a project that Compose runs: Berth's own are called berth-…" : nil
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x5F, first != 0x2D else { return false }
        return text.utf8.count <= most && text.utf8.allSatisfy(isPart)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
    }
}
