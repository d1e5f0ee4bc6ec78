/// A point of wall-clock time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Wall-clock, because the moments that matter outlive a process: they are read back from
/// container records and from the comments of traffic rules.
/// Decisions take it as an argument; nothing in the domain reads a clock.
package struct Moment: Hashable, Sendable, Comparable, Codable {
    /// Milliseconds since the Unix epoch.
    package var milliseconds: Int64

    /// Wraps a count of milliseconds since the Unix epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Decodes the bare number.
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Encodes the bare number.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Earlier before later.
    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `duration` later.
    package static func + (moment: Self, duration: Duration) -> Self {
        Self(milliseconds: moment.milliseconds + duration.milliseconds)
    }

    /// The time from `earlier` to `later`; negative when the clock jumped back in between.
    package static func - (later: Self, earlier: Self) -> Duration {
        .milliseconds(later.milliseconds - earlier.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// Whole nanoseconds, the unit of the Engine API's health check fields.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
