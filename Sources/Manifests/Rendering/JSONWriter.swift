internal import Printing

/// Writes JSON with two blanks of indentation and the keys in their given order.
enum JSONWriter {
    static func write(_ node: SchemaNode) -> String {
        var output = ""
        append(node, indentation: "", to: &output)
        return output + "\n"
    }

    private static func append(_ node: SchemaNode, indentation: String, to output: inout String) {
        switch node {
        case .null: output += "null"
        case .text(let text): appendString(text, to: &output)
        case .flag(let flag): output += flag ? "true" : "false"
        case .number(let number): output += "\(number)"
        case .decimal(let number): output += decimal(number)
        case .list(let nodes):
            appendBlock("[", nodes, "]", indentation, to: &output) { node, inner, output in
                append(node, indentation: inner, to: &output)
            }
        case .object(let entries):
            appendBlock("{", entries, "}", indentation, to: &output) { entry, inner, output in
                appendString(entry.0, to: &output)
                output += ": "
                append(entry.1, indentation: inner, to: &output)
            }
        }
    }

    private static func appendBlock<Element>(
        _ open: String,
        _ elements: [Element],
        _ close: String,
        _ indentation: String,
        to output: inout String,
        _ body: (Element, String, inout String) -> Void
    ) {
        guard !elements.isEmpty else {
            output += open + close
            return
        }
        let inner = indentation + "  "
        output += open
        for (index, element) in elements.enumerated() {
            output += (index == 0 ? "\n" : ",\n") + inner
            body(element, inner, &output)
        }
        output += "\n\(indentation)\(close)"
    }

    /// RFC 8259 §7; beyond what it asks for, everything is escaped that some reader of JSON or YAML
    /// takes for the end of a line, or for no character.
    static func appendString(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where !scalar.isPrintable: output += "\(scalar)".escaped()
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }

    /// Whole numbers go without a point, as in JavaScript.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
