extension Unicode.Scalar {
    /// Whether a terminal and a line of a log show this and do nothing else with it.
    ///
    /// Not so are controls (C0, delete, C1), what breaks a line, and what turns the direction of
    /// writing.
    public var isPrintable: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: false
        default: !properties.isBidiControl
        }
    }
}

extension String {
    /// What a stranger wrote, made fit for a line of a log and a terminal: without what is not
    /// printable, with one space where there were several, and with an ellipsis where it is cut.
    ///
    /// `limit` counts Characters.
    /// Goes by scalars, for a carriage return and a line feed are one Character, which equals
    /// neither.
    public func onOneLine(ofAtMost limit: Int = .max) -> String {
        // A Character has no greatest length; four scalars each are more than any text needs.
        let (most, isBoundless) = limit.multipliedReportingOverflow(by: 4)
        let clean = unicodeScalars.prefix(isBoundless ? .max : most).map {
            $0.isPrintable ? Character($0) : " "
        }
        let text = String(clean).split(separator: " ").joined(separator: " ")
        return text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}
