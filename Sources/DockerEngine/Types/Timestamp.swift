/// A moment as Docker writes it, to the nanosecond.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    /// Nanoseconds on top of them, 0 to 999,999,999.
    package let nanoseconds: Int32

    /// Makes a moment; nanoseconds beyond a second are carried over.
    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        let carry =
            nanoseconds >= 0
            ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
        self.seconds = seconds + carry
        self.nanoseconds = Int32(nanoseconds - carry * 1_000_000_000)
    }

    /// Reads RFC 3339, such as `2024-05-06T07:08:09.123456789Z`; nil for anything else.
    ///
    /// Digits after the ninth are dropped.
    /// Docker writes Go's zero time, `0001-01-01T00:00:00Z`, for "never": that is nil too.
    package init?(_ text: String) {
        var reader = DateReader(Array(text.utf8)[...])
        guard let date = reader.date(), let time = reader.time(), let offset = reader.offset(),
            reader.isAtEnd
        else { return nil }
        guard date.year > 1 else { return nil }
        seconds = date.daysSince1970 * 86_400 + time.seconds - offset
        nanoseconds = time.nanoseconds
    }

    /// Seconds since 1970 with their fraction, as precise as a `Double` is: about 200 ns.
    package var secondsSince1970: Double {
        Double(seconds) + Double(nanoseconds) / 1e9
    }

    /// Compares by time.
    package static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// `1715000000.123456789`, as Docker's `since` and `until` take it.
    package var description: String {
        let digits = String(nanoseconds)
        return "\(seconds)." + String(repeating: "0", count: 9 - digits.count) + digits
    }
}

/// Reads the parts of an RFC 3339 date from left to right; each is nil if it is not there.
private struct DateReader {
    struct Day {
        let year: Int64
        let month: Int64
        let day: Int64

        /// Howard Hinnant's days_from_civil: counts years from March, so that a leap day is last.
        var daysSince1970: Int64 {
            let year = month <= 2 ? year - 1 : year
            let era = (year >= 0 ? year : year - 399) / 400
            let yearOfEra = year - era * 400
            let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
            let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            return era * 146_097 + dayOfEra - 719_468
        }

        var isValid: Bool {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let days: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            return (1...12).contains(month) && (1...days[Int(month) - 1]).contains(day)
        }
    }

    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        rest = text
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func date() -> Day? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2)
        else { return nil }
        let date = Day(year: year, month: month, day: day)
        return date.isValid ? date : nil
    }

    mutating func time() -> (seconds: Int64, nanoseconds: Int32)? {
        guard take("T") || take("t") || take(" "), let hour = number(2), take(":"),
            let minute = number(2), take(":"), let second = number(2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        guard take(".") else { return (hour * 3600 + minute * 60 + second, 0) }
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
        let nine = digits.prefix(9)
        let padding = repeatElement(UInt8(ascii: "0"), count: 9 - nine.count)
        let nanoseconds = (nine + padding).reduce(Int32(0)) { $0 * 10 + Int32($1 & 15) }
        return (hour * 3600 + minute * 60 + second, nanoseconds)
    }

    /// The seconds that local time is ahead of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isAhead = take("+")
        guard isAhead || take("-"), let hours = number(2), take(":"), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 3600 + minutes * 60)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func number(_ count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(Self.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 & 15) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension KeyedDecodingContainer {
    /// A date's text as a moment; nil if it is missing, null, empty, never or unreadable.
    func timestamp(_ key: Key) throws -> Timestamp? {
        try decodeIfPresent(String.self, forKey: key).flatMap { Timestamp($0) }
    }
}
