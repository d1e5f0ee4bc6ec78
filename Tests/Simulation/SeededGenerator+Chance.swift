internal import TestSupport

extension SeededGenerator {
    /// Whether something happens that happens `count` times in a thousand.
    mutating func happens(_ count: Int) -> Bool {
        count > 0 && Int(next() % 1_000) < count
    }

    /// A number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// One of the choices, of which there is at least one.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[number(0...(choices.count - 1))]
    }
}
