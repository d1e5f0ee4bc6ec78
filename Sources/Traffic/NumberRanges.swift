/// A set of numbers: ranges in order that neither overlap nor touch.
struct NumberRanges<Number: FixedWidthInteger & Sendable>: Hashable, Sendable {
    let ranges: [ClosedRange<Number>]

    init(_ ranges: some Sequence<ClosedRange<Number>>) {
        var merged: [ClosedRange<Number>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = merged.last, last.upperBound.isBefore(range.lowerBound) == false else {
                merged.append(range)
                continue
            }
            let end = max(last.upperBound, range.upperBound)
            merged[merged.count - 1] = last.lowerBound...end
        }
        self.ranges = merged
    }

    init(_ range: ClosedRange<Number>) { ranges = [range] }

    init(_ number: Number) { ranges = [number...number] }

    static var all: Self { Self(Number.min...Number.max) }

    var isEmpty: Bool { ranges.isEmpty }

    var complement: Self {
        var gaps: [ClosedRange<Number>] = []
        var start: Number? = .min
        for range in ranges {
            if let start, start < range.lowerBound { gaps.append(start...range.lowerBound - 1) }
            start = range.upperBound == .max ? nil : range.upperBound + 1
        }
        if let start { gaps.append(start...Number.max) }
        return Self(gaps)
    }

    func intersection(_ other: Self) -> Self {
        var common: [ClosedRange<Number>] = []
        var (mine, theirs) = (ranges[...], other.ranges[...])
        while let one = mine.first, let two = theirs.first {
            if one.overlaps(two) { common.append(one.clamped(to: two)) }
            if one.upperBound < two.upperBound { mine.removeFirst() } else { theirs.removeFirst() }
        }
        return Self(common)
    }

    func overlaps(_ other: Self) -> Bool {
        var (mine, theirs) = (0, 0)
        while mine < ranges.count, theirs < other.ranges.count {
            let (one, two) = (ranges[mine], other.ranges[theirs])
            if one.overlaps(two) { return true }
            if one.upperBound < two.upperBound { mine += 1 } else { theirs += 1 }
        }
        return false
    }

    func union(_ other: Self) -> Self { Self(ranges + other.ranges) }

    func isSuperset(of other: Self) -> Bool { intersection(other) == other }
}

extension FixedWidthInteger {
    /// Whether a number lies between the two.
    fileprivate func isBefore(_ other: Self) -> Bool { self != .max && self + 1 < other }
}
