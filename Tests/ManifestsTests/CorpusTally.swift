import XCTest

/// Counts the cases of a corpus that are equal, and those that differ by a named rule of ours; any
/// other difference fails.
struct CorpusTally {
    let corpus: String
    private(set) var equal = 0
    private(set) var rules: [String: Int] = [:]

    init(_ corpus: String) { self.corpus = corpus }

    /// Counts a case that is as Compose has it.
    mutating func countEqual() { equal += 1 }

    /// Counts a case that differs by a rule.
    mutating func count(rule: String) { rules[rule, default: 0] += 1 }

    /// Counts a case by the rule that explains it; without one it fails.
    mutating func explain(
        _ rule: String?,
        _ message: @autoclosure () -> String,
        file: StaticString = #filePath,
        line: UInt = #line
    ) {
        guard let rule else { return XCTFail("\(corpus) \(message())", file: file, line: line) }
        count(rule: rule)
    }

    /// Prints the count.
    func report() {
        let list = rules.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\(corpus): \(equal) equal; by rule: \(list.joined(separator: ", "))")
    }
}
