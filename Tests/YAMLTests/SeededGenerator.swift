import Foundation

/// A random generator (SplitMix64) whose runs can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Takes the seed from `BERTH_SEED`, else from the system, and prints it.
    static func reported(test: String = #function) -> SeededGenerator {
        let stated = ProcessInfo.processInfo.environment["BERTH_SEED"].flatMap { UInt64($0) }
        let seed = stated ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(test): BERTH_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
