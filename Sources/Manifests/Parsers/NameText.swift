/// A name of a machine, as lines of hosts files and the kernel take it.
enum HostNameText {
    /// Refuses what would be no name, or more than one, in a line of a hosts file.
    @Sendable static func check(_ text: String) throws(TextError) -> String {
        let isName = text.utf8.allSatisfy {
            $0.continuesName || $0 == 0x2E || $0 == 0x2D
        }
        guard isName, let first = text.utf8.first, first != 0x2D, first != 0x2E,
            text.utf8.count <= 253
        else {
            throw TextError("\(text.quoted) is not a host name")
                .with(remedy: "use letters, digits, dots, underscores and hyphens")
        }
        return text
    }

    /// As `check`, for a name that the kernel keeps (sethostname(2)).
    @Sendable static func checkOwn(_ text: String) throws(TextError) -> String {
        guard text.utf8.count <= 64 else {
            throw TextError("\(text.quoted) is longer than 64 characters", remedy: "shorten it")
        }
        return text.isEmpty ? text : try check(text)
    }
}

/// A name that Docker takes for a volume or a network (moby, `daemon/names`).
enum DockerNameText {
    /// What is wrong with a name that something is to be created with; nil where nothing is.
    static func problem(of name: String?) -> TextError? {
        guard let name else { return nil }
        let isName = name.utf8.allSatisfy { $0.continuesName || $0 == 0x2E || $0 == 0x2D }
        guard isName, (2...255).contains(name.utf8.count), let first = name.utf8.first,
            first.continuesName, first != 0x5F
        else {
            return TextError("\(name.quoted) is not a name for Docker")
                .with(remedy: "use letters, digits, dots, underscores and hyphens, a letter first")
        }
        guard !isID(name) else {
            return TextError("\(name.quoted) is an id to Docker, which comes before names")
                .with(remedy: "choose a name that is not 64 hexadecimal digits")
        }
        return nil
    }

    /// Whether Docker takes a text for an id: that of a network or a container of others, maybe.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

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
