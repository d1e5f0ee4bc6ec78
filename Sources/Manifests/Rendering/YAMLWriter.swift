internal import Printing

/// Writes a canonical model as block YAML that every reader reads the same way.
struct YAMLWriter {
    let showsOrigins: Bool
    private var output = ""

    init(showsOrigins: Bool) { self.showsOrigins = showsOrigins }

    mutating func write(_ value: ComposeValue) -> String {
        append(value, indentation: "")
        return output
    }

    private mutating func append(_ value: ComposeValue, indentation: String) {
        switch value.content {
        case .map(let map) where !map.isEmpty:
            for (key, entry) in map {
                output += indentation + Self.text(key) + ":"
                appendEntry(entry, indentation: indentation)
            }
        case .list(let list) where !list.isEmpty:
            for item in list { appendItem(item, indentation: indentation) }
        default:
            output += indentation + scalar(value) + "\n"
        }
    }

    private mutating func appendEntry(_ entry: ComposeValue, indentation: String) {
        if Self.isBlock(entry) {
            output += "\n"
            append(entry, indentation: indentation + "  ")
        } else {
            output += " " + scalar(entry) + "\n"
        }
    }

    private mutating func appendItem(_ item: ComposeValue, indentation: String) {
        guard case .map(let map) = item.content, !map.isEmpty else {
            output += "\(indentation)- \(scalar(item))\n"
            return
        }
        for (index, (key, entry)) in map.enumerated() {
            output += indentation + (index == 0 ? "- " : "  ") + Self.text(key) + ":"
            appendEntry(entry, indentation: indentation + "  ")
        }
    }

    private static func isBlock(_ value: ComposeValue) -> Bool {
        switch value.content {
        case .map(let map): !map.isEmpty
        case .list(let list): !list.isEmpty
        default: false
        }
    }

    private func scalar(_ value: ComposeValue) -> String {
        let text: String
        switch value.content {
        case .null, .unreadable: text = "null"
        case .boolean(let flag): text = "\(flag)"
        case .integer(let number): text = "\(number)"
        case .bits(let number): text = ModeText.octal(number)
        case .decimal(let number): text = JSONWriter.decimal(number)
        case .map: text = "{}"
        case .list: text = "[]"
        case .string, .duration, .bytes, .mode:
            text = Self.text(value.scalarText ?? "", isValue: true)
        }
        return showsOrigins ? "\(text)  # \(value.origin.description.escaped())" : text
    }

    /// Plain where no reader can take it for anything else, quoted otherwise; dollar signs are
    /// doubled in values, so that reading the output again fills nothing in.
    static func text(_ text: String, isValue: Bool = false) -> String {
        let escaped = isValue ? text.replacing("$", with: "$$") : text
        let isWord =
            escaped.utf8.allSatisfy {
                $0.continuesName || $0 == 0x2E || $0 == 0x2F || $0 == 0x2D
            } && escaped.utf8.first.map { $0.startsName || $0 == 0x2F } == true
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if isWord, !words.contains(escaped.lowercased()) { return escaped }
        return quoted(escaped)
    }

    static func quoted(_ text: String) -> String {
        var output = ""
        JSONWriter.appendString(text, to: &output)
        return output
    }
}
