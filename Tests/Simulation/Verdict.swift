/// How a simulated run ended.
public struct Verdict: Sendable, CustomStringConvertible {
    /// What should not have happened; nil when nothing did.
    public var violation: String?
    /// What happened, a line each.
    public var trace: [String]
    /// How many calls to the outside were made.
    public var calls: Int
    /// The numbers of those calls that changed something.
    public var writes: [Int]

    /// The violation and the trace before it.
    public var description: String {
        ([violation ?? "all is well"] + trace.suffix(200)).joined(separator: "\n")
    }
}
