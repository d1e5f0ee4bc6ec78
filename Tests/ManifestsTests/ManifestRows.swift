import XCTest

/// Rows of a table: what one service says, and the one thing that is said about it.
extension XCTestCase {
    /// A line under the service, sections below it, the policy, and what is said; nil for nothing.
    typealias Row = (line: String, top: String, policy: String, want: String?)

    func check(_ rows: [Row], file: StaticString = #filePath, at line: UInt = #line) {
        for row in rows {
            let policy = row.policy.isEmpty ? "" : "policy: { \(row.policy) }\n"
            let found = SampleFleet.of(
                "services:\n  web:\n    image: quay.io/web:1\n    \(row.line)\n\(row.top)",
                "services: { web: }\n\(policy)"
            ).problems().filter { !$0.contains("no caller is served at") }
            let subject = "\(row.line) \(row.top) \(row.policy)"
            XCTAssertEqual(
                found.count,
                row.want == nil ? 0 : 1,
                "\(subject): \(found)",
                file: file,
                line: line
            )
            guard let want = row.want else { continue }
            let problem = found.first ?? ""
            XCTAssertTrue(problem.contains(want), "\(subject): \(found)", file: file, line: line)
            XCTAssertTrue(problem.hasPrefix("manifests/web.yaml:"), problem, file: file, line: line)
        }
    }
}
