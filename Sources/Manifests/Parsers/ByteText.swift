/// Reads byte counts as Compose does: `512m`, `1.5GiB`, `64kb`, `1048576`.
///
/// Units are b, k, m, g, t and p, with `b` or `ib` behind them, in any case; all count by 1024.
enum ByteText {
    private static let exponents: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

    /// Reads a byte count; plain integers may be negative, as `-1` means "no limit" in some fields.
    ///
    /// Decimals of a unit are cut off to whole bytes, as Docker does; what would be no byte at all,
    /// or a part of one that is written out, is refused.
    static func parse(_ text: String) throws(TextError) -> Int64 {
        if let plain = Int64(text) { return plain }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text[number.endIndex...]
        if unit.hasPrefix(" ") { unit.removeFirst() }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard number.contains(where: \.isNumber), parts.count <= 2,
            let exponent = exponent(of: unit.lowercased())
        else { throw invalid(text) }
        let whole = parts[0].isEmpty ? 0 : Int64(parts[0])
        let decimals = parts.count > 1 ? Double("0.\(parts[1])0") ?? 0 : 0
        guard exponent > 0 || !parts.dropFirst().contains(where: \.isNonzero) else {
            throw TextError("\(text.quoted) has a part of a byte")
                .with(remedy: "write whole bytes, or a unit as in 1.5g")
        }
        let factor = Int64(1) << (10 * exponent)
        let (product, overflow) = (whole ?? .max).multipliedReportingOverflow(by: factor)
        let (bytes, carried) = product.addingReportingOverflow(Int64(decimals * Double(factor)))
        guard whole != nil, !overflow, !carried else {
            throw TextError("\(text.quoted) is more than 8 EiB", remedy: "write a smaller size")
        }
        guard bytes > 0 || !number.isNonzero else {
            throw TextError("\(text.quoted) is less than one byte", remedy: "write a larger size")
        }
        return bytes
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

extension StringProtocol {
    /// Whether digits say anything but nothing, however small a number they are.
    var isNonzero: Bool { utf8.contains { (0x31...0x39).contains($0) } }
}
