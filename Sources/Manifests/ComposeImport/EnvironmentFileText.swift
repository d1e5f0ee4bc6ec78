/// Writes a file of variables that Berth and Compose read back as the same values.
enum EnvironmentFileText {
    /// Whether a name can stand in such a file.
    static func canHold(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("export ")
            && name.allSatisfy { $0.isLetter || $0.isNumber || "_.-[]".contains($0) }
    }

    /// One line for each variable, by name.
    static func write(_ variables: [String: String]) -> String {
        variables.sorted { $0.key < $1.key }.map { "\($0.key)=\(written($0.value))\n" }.joined()
    }

    private static func written(_ value: String) -> String {
        let isWord = value.utf8.allSatisfy {
            $0.continuesName || "./-+:@,%".utf8.contains($0)
        }
        if isWord { return value }
        // A backslash before the closing quote would take it into the value.
        if !value.utf8.contains(UInt8(ascii: "'")), value.utf8.last != UInt8(ascii: "\\") {
            return "'\(value)'"
        }
        var text = ""
        for scalar in value.unicodeScalars {
            if "\\\"$".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return "\"\(text)\""
    }
}
