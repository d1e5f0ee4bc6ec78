/// How a simulated run ended.
package struct Verdict: Sendable, CustomStringConvertible {
    /// What should not have happened; nil when nothing did.
    package var violation: String?
    /// What happened, a line each.
    package var trace: [String]
    /// How many calls to the outside were made.
    package var calls: Int
    /// The numbers of those calls that changed something.
    package var writes: [Int]

    /// The violation and the trace before it.
    package var description: String {
        ([violation ?? "all is well"] + trace.suffix(200)).joined(separator: "\n")
    }
}
