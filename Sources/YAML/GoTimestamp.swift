/// A date, or a date and a time, in one of the four forms that go-yaml recognises, printed as Go
/// prints a `time.Time`.
struct GoTimestamp: CustomStringConvertible {
    private var date: (year: Int, month: Int, day: Int)
    private var time = (hour: 0, minute: 0, second: 0)
    private var fraction = ""
    /// Minutes east of Greenwich.
    private var offset = 0

    init?(_ text: String) {
        var scanner = Scanner(rest: text.utf8[...])
        guard let year = scanner.number(ofDigits: 4...4), scanner.take("-"),
            let month = scanner.number(ofDigits: 1...2), scanner.take("-"),
            let day = scanner.number(ofDigits: 1...2),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        date = (year, month, day)
        guard !scanner.rest.isEmpty else { return }

        let hasZone = scanner.take("T") || scanner.take("t")
        if !hasZone {
            guard scanner.take(" ") else { return nil }
            while scanner.take(" ") {}
        }
        guard let hour = scanner.number(ofDigits: 1...2), scanner.take(":"),
            let minute = scanner.number(ofDigits: 1...2), scanner.take(":"),
            let second = scanner.number(ofDigits: 1...2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        time = (hour, minute, second)
        fraction = scanner.fraction()
        if hasZone {
            guard let offset = scanner.zone() else { return nil }
            self.offset = offset
        }
        guard scanner.rest.isEmpty else { return nil }
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    var description: String {
        let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month))-\(Self.padded(date.day))"
        let clock =
            "\(Self.padded(time.hour)):\(Self.padded(time.minute)):\(Self.padded(time.second))"
        let minutes = Int(offset.magnitude)
        let zone =
            (offset < 0 ? "-" : "+") + Self.padded(minutes / 60) + Self.padded(minutes % 60)
        return "\(day) \(clock)\(fraction) \(zone) \(offset == 0 ? "UTC" : zone)"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private struct Scanner {
        var rest: Substring.UTF8View

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func number(ofDigits lengths: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix(lengths.upperBound).prefix(while: \.isDigit)
            guard digits.count >= lengths.lowerBound else { return nil }
            rest = rest.dropFirst(digits.count)
            return Int(Substring(digits))
        }

        /// Takes a fraction of a second; prints it as Go does, to nanoseconds, without end zeros.
        mutating func fraction() -> String {
            guard rest.first == .period || rest.first == .comma else { return "" }
            let digits = rest.dropFirst().prefix(while: \.isDigit)
            guard !digits.isEmpty else { return "" }
            rest = rest.dropFirst(1 + digits.count)
            var kept = Substring(digits.prefix(9))
            while kept.last == "0" { kept.removeLast() }
            return kept.isEmpty ? "" : "." + kept
        }

        /// Takes `Z` or `±hh:mm`; returns minutes.
        mutating func zone() -> Int? {
            if take("Z") { return 0 }
            let isWest = take("-")
            guard isWest || take("+"), let hours = number(ofDigits: 2...2), take(":"),
                let minutes = number(ofDigits: 2...2), hours <= 24, minutes <= 60
            else { return nil }
            return (isWest ? -1 : 1) * (hours * 60 + minutes)
        }
    }
}
