extension Unicode.Scalar {
    /// Whether a terminal and a line of a log show this and do nothing else with it.
    ///
    /// Not so are controls (C0, delete, C1), what breaks a line, what turns the direction of
    /// writing, the byte order mark, and what is no character at all.
    /// All of these have at most four hexadecimal digits.
    package var isPrintable: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: !properties.isBidiControl
        }
    }
}

extension String {
    /// Text from outside as a single line for a log or a terminal: without what is not printable,
    /// with one space where there were several, and with an ellipsis where it is cut.
    ///
    /// `limit` counts Characters.
    /// Goes by scalars, for a carriage return and a line feed are one Character, which equals
    /// neither.
    package func onOneLine(ofAtMost limit: Int = .max) -> String {
        // A Character has no greatest length; four scalars each are more than any text needs.
        let (most, isBoundless) = limit.multipliedReportingOverflow(by: 4)
        let clean = unicodeScalars.prefix(isBoundless ? .max : most).map {
            $0.isPrintable ? Character($0) : " "
        }
        let text = String(clean).split(separator: " ").joined(separator: " ")
        return text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    /// The text with what is not printable written as `\u001b`, so that nothing is lost and nothing
    /// moves a cursor; inside quotes, JSON and YAML read it back.
    package func escaped(keepingLineFeeds: Bool = false) -> String {
        func isKept(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isPrintable || keepingLineFeeds && scalar == "\n"
        }
        guard !unicodeScalars.allSatisfy(isKept) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard !isKept(scalar) else { return text.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
