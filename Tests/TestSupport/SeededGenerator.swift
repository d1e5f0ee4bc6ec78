internal import Foundation

/// A random generator whose whole run follows from its seed: SplitMix64 (Steele, Lea, Flood: "Fast
/// splittable pseudorandom number generators", 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What its run follows from.
    package let seed: UInt64
    private var state: UInt64

    /// Starts a run.
    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Takes the seed from `BERTH_SEED`, else from the system, and prints it.
    package static func reported(test: String = #function) -> SeededGenerator {
        let stated = ProcessInfo.processInfo.environment["BERTH_SEED"].flatMap { UInt64($0) }
        let seed = stated ?? UInt64.random(in: 0...(.max))
        print("\(test): BERTH_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
