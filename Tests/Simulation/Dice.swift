/// A generator that a seed determines (SplitMix64), so that a failing run can be run again.
public struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Throws the dice of a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// Whether something happens that happens `count` times in a thousand.
    public mutating func happens(_ count: Int) -> Bool {
        count > 0 && Int(next() % 1_000) < count
    }

    /// A number of the range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// One of the choices, of which there is at least one.
    public mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[number(0...(choices.count - 1))]
    }
}
