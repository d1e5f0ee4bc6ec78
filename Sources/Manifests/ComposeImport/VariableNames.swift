/// The names of variables that a text mentions, as `$NAME` or in `${…}`, with or without a use.
enum VariableNames {
    static func used(in text: String) -> Set<String> {
        var names: Set<String> = []
        var rest = Array(text.utf8)[...]
        while let dollar = rest.firstIndex(of: .dollar) {
            rest = rest[(dollar + 1)...]
            if rest.first == .dollar {
                rest = rest.dropFirst()
                continue
            }
            if rest.first == .leftBrace { rest = rest.dropFirst() }
            guard rest.first?.startsName == true else { continue }
            let name = rest.prefix(while: \.continuesName)
            names.insert(String(decoding: name, as: UTF8.self))
            rest = rest[name.endIndex...]
        }
        return names
    }
}
