/// The `Link` field (RFC 8288 §3).
enum LinkHeader {
    /// The target of the link whose relation is `next`, exactly as it is written.
    static func next(in field: String) -> String? {
        var rest = field[...]
        while let open = rest.firstIndex(of: "<") {
            guard let close = rest[open...].firstIndex(of: ">") else { return nil }
            let target = rest[open..<close].dropFirst()
            rest = rest[close...].dropFirst()
            // The parameters reach to the next link; a comma inside quotes ends nothing.
            let parameters = rest.prefix(while: untilLinkEnds())
            rest = rest[parameters.endIndex...]
            if parameters.split(separator: ";").contains(where: isNext) { return String(target) }
        }
        return nil
    }

    private static func untilLinkEnds() -> (Character) -> Bool {
        var isQuoted = false
        return { character in
            if character == "\"" { isQuoted.toggle() }
            return isQuoted || character != ","
        }
    }

    /// Whether a parameter is `rel` and has `next` among its relations.
    private static func isNext(_ parameter: Substring) -> Bool {
        let halves = parameter.split(separator: "=", maxSplits: 1)
        guard halves.count == 2, trimmed(halves[0]).lowercased() == "rel" else { return false }
        return trimmed(halves[1]).split(separator: " ").contains { $0.lowercased() == "next" }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isPadding = { (character: Character) in " \t\"".contains(character) }
        var text = text.drop(while: isPadding)
        while let last = text.last, isPadding(last) { text.removeLast() }
        return text
    }
}
