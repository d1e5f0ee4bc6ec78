/// Reads and writes durations as Compose does: `1m30s`, `1.5h`, `2d`, `500ms`, `0`.
///
/// Units are ns, us (µs), ms, s, m, h, d and w; a number without a unit is refused, zero excepted.
enum DurationText {
    private static let units: [Substring: Int64] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000,
        "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
        "d": 86_400_000_000_000, "w": 604_800_000_000_000,
    ]

    /// Reads a duration; negative ones are refused, as no field has a use for them.
    static func parse(_ text: String) throws(TextError) -> Duration {
        if text == "0" || text == "+0" { return .zero }
        var rest = text[...]
        if rest.hasPrefix("+") { rest.removeFirst() }
        guard !rest.isEmpty else { throw invalid(text) }
        guard !rest.hasPrefix("-") else {
            throw TextError("\(text.quoted) is negative", remedy: "write a duration such as 10s")
        }
        var nanoseconds: Int64 = 0
        while !rest.isEmpty {
            let part = try amount(&rest, of: text)
            let (sum, overflow) = nanoseconds.addingReportingOverflow(part)
            guard !overflow else { throw tooLong(text) }
            nanoseconds = sum
        }
        guard nanoseconds > 0 || !text.isNonzero else {
            throw TextError("\(text.quoted) is less than a nanosecond")
                .with(remedy: "write a longer duration, or 0s")
        }
        return .nanoseconds(nanoseconds)
    }

    /// One number with its unit, in nanoseconds.
    private static func amount(
        _ rest: inout Substring,
        of text: String
    ) throws(TextError) -> Int64 {
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest[whole.endIndex...]
        var fraction = rest[rest.startIndex..<rest.startIndex]
        if rest.hasPrefix(".") {
            rest.removeFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[fraction.endIndex...]
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { throw invalid(text) }
        let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
        rest = rest[name.endIndex...]
        guard !name.isEmpty else {
            throw TextError("\(text.quoted) has a number without a unit")
                .with(remedy: "add one of ns, us, ms, s, m, h, d, w")
        }
        guard let unit = units[name] else {
            throw TextError("\(text.quoted) has the unknown unit \(String(name).quoted)")
                .with(remedy: "use ns, us, ms, s, m, h, d or w")
        }
        guard let count = whole.isEmpty ? 0 : Int64(whole) else { throw tooLong(text) }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw tooLong(text) }
        // A fraction of a nanosecond is cut off, as Go does.
        let part = Double("0.\(fraction)0").map { Int64($0 * Double(unit)) } ?? 0
        let (sum, carried) = product.addingReportingOverflow(part)
        guard !carried else { throw tooLong(text) }
        return sum
    }

    private static func invalid(_ text: String) -> TextError {
        TextError("\(text.quoted) is not a duration", remedy: "write one such as 10s or 1m30s")
    }

    private static func tooLong(_ text: String) -> TextError {
        TextError("\(text.quoted) is longer than 292 years", remedy: "write a shorter duration")
    }

    /// Writes a duration as Go does: `1h0m0s`, `1.5s`, `100ms`.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        guard nanoseconds != 0 else { return "0s" }
        switch nanoseconds {
        case ..<1_000: return "\(nanoseconds)ns"
        case ..<1_000_000: return decimal(nanoseconds, over: 1_000, digits: 3) + "µs"
        case ..<1_000_000_000: return decimal(nanoseconds, over: 1_000_000, digits: 6) + "ms"
        default: break
        }
        let minute: Int64 = 60_000_000_000
        var text = decimal(nanoseconds % minute, over: 1_000_000_000, digits: 9) + "s"
        let minutes = nanoseconds / minute
        if minutes > 0 { text = "\(minutes % 60)m\(text)" }
        if minutes >= 60 { text = "\(minutes / 60)h\(text)" }
        return text
    }

    /// A quotient with as many decimals as it needs; `digits` is the number of zeros of `divisor`.
    private static func decimal(_ value: Int64, over divisor: Int64, digits: Int) -> String {
        let whole = value / divisor
        let remainder = value % divisor
        guard remainder != 0 else { return "\(whole)" }
        var fraction = String(remainder)
        fraction = String(repeating: "0", count: digits - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
