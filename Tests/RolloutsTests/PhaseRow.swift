import Model
import XCTest

@testable import Rollouts

/// A situation of one service: who serves then, and what is done.
struct PhaseRow {
    let name: String
    let containers: [String]
    let table: String
    let steps: String

    init(_ name: String, _ containers: [String], table: String = "", steps: String = "") {
        self.name = name
        self.containers = containers
        self.table = table
        self.steps = steps
    }
}

extension XCTestCase {
    func check(
        _ rows: [PhaseRow],
        version: String = "v2",
        line: UInt = #line,
        adjust: (inout Service) -> Void = { _ in }
    ) {
        for row in rows {
            let decision = Scene(version, row.containers, adjust: adjust).decide()
            XCTAssertEqual(decision.table, row.table, "\(row.name): table", line: line)
            XCTAssertEqual(decision.told, row.steps, "\(row.name): steps", line: line)
        }
    }
}
