/// What Docker Compose's own reader (go-yaml v4) takes a plain scalar for.
///
/// That reader guesses a type from the text, and for a text field it prints the guess again:
/// `1.10` arrives as `1.1`, `0777` as `511`.
/// A text field asks `rewritten` and refuses what would not arrive as written.
/// The rules are those of `resolve` in go.yaml.in/yaml/v4@v4.0.0-rc.4.
package struct PlainScalar: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case null
        /// `true` or `false`, capitalised or not; `yes`, `no`, `on` and `off` are texts.
        case boolean(Bool)
        /// An integer in base 2, 8, 10 or 16, with `_` anywhere.
        case integer(Int)
        /// An integer between `Int.max` and 2⁶⁴.
        case unsigned(UInt64)
        /// A number with a fraction or an exponent, `.inf` or `.nan`.
        case float(Double)
        case timestamp
        case text
    }

    package let kind: Kind
    /// The text that arrives in a text field; nil when it is the one that was written, or when the
    /// value is null and none arrives.
    package let rewritten: String?

    package init(_ text: String) {
        if let timestamp = GoTimestamp(text) {
            kind = .timestamp
            rewritten = timestamp.description
            return
        }
        kind = Self.resolve(text)
        let printed = Self.print(kind)
        rewritten = printed == text ? nil : printed
    }

    private static func resolve(_ text: String) -> Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case "-0", "-0.0": return .float(-0.0)
        default: break
        }
        switch text.utf8.first ?? .endOfSource {
        case UInt8(ascii: "."):
            return float(text) ?? .text
        case UInt8(ascii: "0")...UInt8(ascii: "9"), .plus, .hyphen:
            let digits = text.filter { $0 != "_" }
            return integer(digits) ?? float(digits) ?? .text
        default:
            return .text
        }
    }

    /// Reads an integer as Go's `strconv.ParseInt` and `ParseUint` do with base 0.
    private static func integer(_ text: String) -> Kind? {
        let isNegative = text.hasPrefix("-")
        var digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        var radix = 10
        if digits.hasPrefix("0") {
            switch digits.dropFirst().first {
            case "b", "B": radix = 2
            case "o", "O": radix = 8
            case "x", "X": radix = 16
            default: radix = 8
            }
            let prefix = digits.dropFirst().first?.isLetter ?? false ? 2 : 1
            digits = digits.dropFirst(prefix)
            if digits.isEmpty { return prefix == 1 ? .integer(0) : nil }
        }
        guard let first = digits.first, first != "+", first != "-",
            let magnitude = UInt64(digits, radix: radix)
        else { return nil }
        if isNegative {
            return Int(exactly: -Int128(magnitude)).map { .integer($0) }
        }
        if let integer = Int(exactly: magnitude) { return .integer(integer) }
        return text.hasPrefix("+") ? nil : .unsigned(magnitude)
    }

    /// Reads `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
    private static func float(_ text: String) -> Kind? {
        var rest = text.utf8[...]
        func dropDigits() -> Int {
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        func dropSign() {
            if rest.first == .plus || rest.first == .hyphen { rest = rest.dropFirst() }
        }
        dropSign()
        let whole = dropDigits()
        if rest.first == .period {
            rest = rest.dropFirst()
            guard dropDigits() > 0 || whole > 0 else { return nil }
        } else if whole == 0 {
            return nil
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            dropSign()
            guard dropDigits() > 0 else { return nil }
        }
        guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
        return .float(value)
    }

    /// Prints a value as Go's `fmt.Sprint` does; nil for what keeps its text.
    private static func print(_ kind: Kind) -> String? {
        switch kind {
        case .null, .text, .timestamp: nil
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .float(let value): GoFloat(value).description
        }
    }
}

/// A number as Go prints it with `%v`: the shortest digits, an exponent below 1e-4 and from 1e6.
struct GoFloat: CustomStringConvertible {
    private let value: Double

    init(_ value: Double) { self.value = value }

    var description: String {
        guard value.isFinite else {
            return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
        }
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0" }
        let (digits, exponent) = shortestDigits
        if exponent < -4 || exponent >= 6 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = String(exponent.magnitude)
            return sign + digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+")
                + (size.count < 2 ? "0" : "") + size
        }
        if exponent < 0 {
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        let whole = digits.prefix(exponent + 1)
        let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
        let fraction = digits.dropFirst(exponent + 1)
        return sign + whole + zeros + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// The shortest digits that name the value, and the exponent of the first.
    private var shortestDigits: (digits: String, exponent: Int) {
        let parts = value.magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = String(whole + fraction)
        let leadingZeros = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leadingZeros)
        while digits.last == "0" { digits.removeLast() }
        let stated = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (String(digits), stated + whole.count - 1 - leadingZeros)
    }
}
