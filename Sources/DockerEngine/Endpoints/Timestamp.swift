internal import Glibc

/// A moment as Docker writes it, to the nanosecond.
package struct Timestamp: Sendable, Hashable, Decodable {
    /// Since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    /// On top of the seconds, 0 to 999,999,999.
    package let nanoseconds: Int32

    /// Reads RFC 3339, such as `2024-05-06T07:08:09.123456789Z`; nil for anything else.
    ///
    /// Digits after the ninth are dropped.
    /// Docker writes Go's zero time, `0001-01-01T00:00:00Z`, for "never": that is nil, too.
    package init?(_ text: String) {
        var reader = DateReader(rest: Array(text.utf8)[...])
        guard let day = reader.day(), let time = reader.time(), let offset = reader.offset(),
            reader.rest.isEmpty
        else { return nil }
        seconds = day + time.seconds - offset
        nanoseconds = time.nanoseconds
    }
}

/// Reads the parts of an RFC 3339 date from left to right; each is nil if it is not there.
private struct DateReader {
    var rest: ArraySlice<UInt8>

    /// The first second of the day, in seconds since 1970; nil for the year 1.
    mutating func day() -> Int64? {
        guard let year = number(4), year > 1, take("-"), let month = number(2), take("-"),
            let day = number(2)
        else { return nil }
        var date = tm()
        date.tm_year = Int32(year - 1900)
        date.tm_mon = Int32(month - 1)
        date.tm_mday = Int32(day)
        let seconds = timegm(&date)
        // timegm(3) has made another day of one that does not exist.
        guard date.tm_mon == month - 1, date.tm_mday == day else { return nil }
        return Int64(seconds)
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
