import Platform
import XCTest

@testable import Traffic

final class TrafficErrorTests: XCTestCase {
    func testKinds() {
        let statements = ["add table ip berth", "flush chain ip berth x"]
        let rows: [(name: String, text: String, want: TrafficError.Kind, statement: String?)] = [
            (
                "no chain",
                "/dev/stdin:2:21-21: Error: Could not process rule: No such file or directory\n"
                    + "flush chain ip berth x\n                     ^\n",
                .notFound, statements[1]
            ),
            (
                "exists", "/dev/stdin:1:1-5: Error: Could not process rule: File exists\n", .exists,
                statements[0]
            ),
            (
                "busy", "/dev/stdin:2:1-5: Error: Could not process rule: Device or resource busy",
                .busy, statements[1]
            ),
            (
                "not root", "Operation not permitted (you must be root)\n", .notPermitted, nil
            ),
            (
                "syntax", "/dev/stdin:9:5-6: Error: syntax error, unexpected string\n", .refused,
                nil
            ),
            ("nothing said", "", .refused, nil),
        ]
        for (name, text, want, statement) in rows {
            let output = Command.Output(standardOutput: [], standardError: Array(text.utf8))
            let error = TrafficError(
                "Changing",
                .failed(program: "nft", ending: .status(1), output: output),
                statements: statements
            )
            XCTAssertEqual(error.kind, want, name)
            XCTAssertEqual(error.statement, statement, name)
        }
    }

    func testDescriptions() {
        let rows: [(CommandError, String)] = [
            (
                .notFound(program: "nft", remedy: ""),
                "Listing failed: nft is not installed. Run apt-get install nftables."
            ),
            (
                .timedOut(program: "nft", after: .seconds(10)),
                "Listing failed: nft did not end within 10.0 seconds. "
                    + "Check whether another nft hangs; the next pass looks again."
            ),
        ]
        for (error, want) in rows {
            XCTAssertEqual(TrafficError("Listing", error).description, want)
        }
    }
}
