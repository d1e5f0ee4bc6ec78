/// Writes a text so that every YAML reader reads the same text.
enum ScalarWriter {
    /// Writes a text in a style if that style can carry it, else in double quotes.
    static func write(_ text: String, style: Scalar.Style, inFlow: Bool) -> String {
        switch style {
        case .plain where isPlainText(text, inFlow: inFlow): text
        case .singleQuoted where isPrintable(text): singleQuoted(text)
        default: doubleQuoted(text)
        }
    }

    /// Whether a text means itself without quotes, to YAML 1.1 readers too.
    ///
    /// This asks more than YAML does: quoting once too often does no harm.
    static func isPlainText(_ text: String, inFlow: Bool) -> Bool {
        switch text.lowercased() {
        case "y", "n", "yes", "no", "on", "off": return false
        default: break
        }
        return isPlainSyntax(text, inFlow: inFlow) && PlainScalar(text).kind == .text
            && text.wholeMatchesBaseSixty == false
    }

    /// Whether a text without quotes is one plain scalar.
    static func isPlainSyntax(_ text: String, inFlow: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.last != .space, bytes.last != .colon else {
            return false
        }
        guard first.isLetterOrDigit || "/._$-+".utf8.contains(first) else { return false }
        guard first != .hyphen || bytes.count > 1 && bytes[1].isLetterOrDigit else { return false }
        guard text != "...", !text.hasPrefix("... ") else { return false }
        for (position, byte) in bytes.enumerated() {
            switch byte {
            case .colon:
                guard bytes[position + 1] != .space, !inFlow else { return false }
            case .space:
                guard !inFlow || bytes[position + 1] != .space else { return false }
            case .leftBrace, .rightBrace, .comma:
                guard !inFlow else { return false }
            default:
                guard byte.isLetterOrDigit || "/._$-+@=~^%()".utf8.contains(byte) else {
                    return false
                }
            }
        }
        return true
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !needsEscape($0) }
    }

    private static func singleQuoted(_ text: String) -> String {
        "'" + text.unicodeScalars.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted.unicodeScalars.append("\\")
                quoted.unicodeScalars.append(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default:
                if needsEscape(scalar) {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// Whether a scalar cannot stand in a source, or would be folded away there.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}

extension String {
    /// Whether the text is what YAML 1.1 takes for a number to base 60: `22:22`.
    fileprivate var wholeMatchesBaseSixty: Bool {
        contains(":")
            && utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || ":._-+".utf8.contains(byte)
            }
    }
}
