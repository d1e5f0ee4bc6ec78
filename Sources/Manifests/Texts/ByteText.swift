/// Reads byte counts as Compose does: `512m`, `1.5GiB`, `64kb`, `1048576`.
///
/// Units are b, k, m, g, t and p, with `b` or `ib` behind them, in any case; all count by 1024.
enum ByteText {
    private static let exponents: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

    /// Reads a byte count; plain integers may be negative, as `-1` means "no limit" in some fields.
    static func parse(_ text: String) throws(TextError) -> Int64 {
        if let plain = Int64(text) { return plain }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let value = decimal(number) else { throw invalid(text) }
        var unit = text[number.endIndex...]
        if unit.hasPrefix(" ") { unit.removeFirst() }
        let suffix = unit.lowercased()
        guard let exponent = exponent(of: suffix) else { throw invalid(text) }
        var bytes = value
        for _ in 0..<exponent { bytes *= 1024 }
        guard bytes < 9_223_372_036_854_775_808 else {
            throw TextError("\(text.quoted) is more than 8 EiB", remedy: "write a smaller size")
        }
        return Int64(bytes)
    }

    private static func decimal(_ number: Substring) -> Double? {
        guard number.contains(where: \.isNumber), number.count(where: { $0 == "." }) <= 1 else {
            return nil
        }
        return Double(number.contains(".") ? "0\(number)0" : String(number))
    }

    private static func exponent(of suffix: String) -> Int? {
        guard let first = suffix.first else { return 0 }
        if suffix == "b" { return 0 }
        guard ["", "b", "ib"].contains(suffix.dropFirst()) else { return nil }
        return exponents[first]
    }

    private static func invalid(_ text: String) -> TextError {
        TextError("\(text.quoted) is not a size", remedy: "write one such as 512m or 1.5g")
    }
}
