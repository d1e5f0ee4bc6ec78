/// One mount of a service, as Compose's short form says it: `[source:]target[:option,…]`.
struct VolumeText: Hashable, Sendable {
    /// A path of the host or the name of a volume; nil for an anonymous volume.
    var source: String?
    var target: String
    var readOnly = false
    var noCopy = false
    /// One of `propagations`.
    var propagation: String?
    /// `z` or `Z`.
    var selinux: String?

    static let propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"]

    /// Whether the source is a path, by Compose's rule.
    var isBind: Bool {
        guard let first = source?.first else { return false }
        return ".~/".contains(first)
    }

    /// Reads an entry.
    ///
    /// Stricter than Compose, which ignores an option that it does not know (`:RO` mounts writable)
    /// and takes a letter before a colon for a Windows drive.
    init(_ text: String) throws(TextError) {
        guard !text.isEmpty else { throw TextError("nothing is written", remedy: Self.remedy) }
        let sections = Self.sections(text)
        guard !sections.dropLast().contains(where: Self.isDrive), !text.hasPrefix("\\\\") else {
            throw TextError(
                "\(text.quoted) names a Windows drive, or a volume with a one-letter name",
                remedy: "use a longer name; Windows paths are not available"
            )
        }
        guard sections.allSatisfy({ !$0.isEmpty }) else {
            throw TextError("\(text.quoted) has nothing on one side of a colon")
                .with(remedy: Self.remedy)
        }
        guard sections.count <= 3 else {
            throw TextError("\(text.quoted) has too many colons", remedy: Self.remedy)
        }
        if sections.count == 1 {
            source = nil
            target = sections[0]
            return
        }
        source = sections[0]
        target = sections[1]
        if sections.count == 3 { try take(options: sections[2], of: text) }
    }

    private mutating func take(options: String, of text: String) throws(TextError) {
        for option in options.split(separator: ",", omittingEmptySubsequences: false) {
            switch String(option) {
            case "ro": readOnly = true
            case "rw": readOnly = false
            case "nocopy": noCopy = true
            case "z", "Z": selinux = String(option)
            // Of Docker Desktop; on Linux there is nothing to keep consistent.
            case "cached", "delegated", "consistent": continue
            case let name where Self.propagations.contains(name): propagation = name
            default:
                throw TextError("\(text.quoted): Docker knows no option \(String(option).quoted)")
                    .with(remedy: "use ro, rw, z, Z, nocopy or a propagation such as rslave")
            }
        }
        guard isBind || propagation == nil else {
            throw TextError("\(text.quoted): propagation is for paths of the host")
                .with(remedy: "remove \(propagation ?? "")")
        }
        guard !isBind || !noCopy else {
            throw TextError("\(text.quoted): nocopy is for volumes", remedy: "remove nocopy")
        }
    }

    private static let remedy = "write source:target, source:target:ro, or a target alone"

    /// One letter before a colon.
    private static func isDrive(_ section: String) -> Bool {
        let scalars = section.unicodeScalars
        return scalars.count == 1 && scalars.first?.properties.isAlphabetic == true
    }

    /// Splits at colons, but not at those inside `${…}`.
    private static func sections(_ text: String) -> [String] {
        var sections: [String] = []
        var section = ""
        var depth = 0
        var previous: Character = " "
        for character in text {
            if character == "{", previous == "$" { depth += 1 }
            if character == "}", depth > 0 { depth -= 1 }
            if character == ":", depth == 0 {
                sections.append(section)
                section = ""
            } else {
                section.append(character)
            }
            previous = character
        }
        return sections + [section]
    }
}
