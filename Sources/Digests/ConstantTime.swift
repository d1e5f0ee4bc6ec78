/// Comparison of secrets.
package enum ConstantTime {
    /// Whether both hold the same bytes, in a time that depends only on their lengths.
    ///
    /// `==` stops at the first difference, and how soon it stops tells a patient caller how much
    /// of a guess was right.
    package static func equal(
        _ left: some Collection<UInt8>,
        _ right: some Collection<UInt8>
    ) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) {
            difference |= one ^ other
        }
        return difference == 0
    }
}
