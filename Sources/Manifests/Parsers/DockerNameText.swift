/// A name that Docker takes for a volume or a network (moby, `daemon/names`).
enum DockerNameText {
    /// What is wrong with a name that something is to be created with; nil where nothing is.
    static func problem(of name: String?) -> TextError? {
        guard let name else { return nil }
        let isName = name.utf8.allSatisfy { $0.continuesName || $0 == 0x2E || $0 == 0x2D }
        guard isName, (2...255).contains(name.utf8.count), let first = name.utf8.first,
            first.continuesName, first != 0x5F
        else {
            return TextError(
                "\(name.quoted) is not a name for Docker",
                remedy: "use letters, digits, dots, underscores and hyphens, a letter first"
            )
        }
        guard !isID(name) else {
            return TextError(
                "\(name.quoted) is an id to Docker, which comes before names",
                remedy: "choose a name that is not 64 hexadecimal digits"
            )
        }
        return nil
    }

    /// Whether Docker takes a text for an id: that of a network or a container of others, maybe.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
