import XCTest

final class TidinessTests: XCTestCase {
    private let lineLimit = 450
    private let columnLimit = 100

    /// All that somebody wrote; what tests read is as odd as it has to be.
    private func everything() throws -> [SourceTree.File] {
        let written = [".swift", ".sh", ".md", ".h", ".py"]
        let folders = ["Sources", "Tests", "examples", "manifests", "environments"]
        return try SourceTree.files(in: folders, ending: written)
            + SourceTree.files(in: ["manifests", "environments", "examples"], ending: [".yaml"])
    }

    func testFilesAreShortEnoughToRead() throws {
        for file in try SourceTree.swiftFiles(in: ["Sources", "Tests"]) {
            XCTAssertLessThanOrEqual(file.lines.count, lineLimit + 1, file.path)
        }
    }

    /// What a test expects word for word may be as long as it is.
    func testLinesAreShortEnoughToRead() throws {
        for file in try SourceTree.swiftFiles(in: ["Sources"]) {
            for (number, line) in file.lines.enumerated() where line.count > columnLimit {
                XCTFail("\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    func testNothingIsLeftToBeDone() throws {
        let marks: Set<Substring> = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        for file in try everything() {
            for (number, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter && !$0.isNumber }
                XCTAssertTrue(marks.isDisjoint(with: words), "\(file.path):\(number + 1)")
            }
        }
    }

    /// The project speaks of itself alone.
    func testNoPlaceWhereItWasMadeIsNamed() throws {
        let places = ["/wo" + "rk/", "/tmp/" + "wt/", "/tmp/" + "brief", "/home/" + "runner"]
        for file in try everything() {
            for (number, line) in file.lines.enumerated() {
                for place in places where line.utf8.firstRange(of: place.utf8) != nil {
                    XCTFail("\(file.path):\(number + 1) names \(place)")
                }
            }
        }
    }

    func testTheMapNamesEveryFolder() throws {
        let map = try SourceTree.text("Sources/README.md")
        for folder in try SourceTree.folders(in: "Sources") {
            XCTAssertTrue(
                map.contains(try Regex("\\b\(folder)\\b")),
                "Sources/README.md does not name \(folder)"
            )
        }
    }

    func testFilesEndWithOneLineFeed() throws {
        for file in try everything() {
            XCTAssertEqual(file.lines.last, "", "\(file.path) does not end with a line feed")
            XCTAssertNotEqual(file.lines.dropLast().last, "", "\(file.path) ends with empty lines")
        }
    }

    func testNothingFromOutsideIsForced() throws {
        let forced = ["try" + "! ", "as" + "! ", "fatal" + "Error("]
        for file in try SourceTree.swiftFiles(in: ["Sources"]) {
            for (number, line) in file.lines.enumerated() {
                for word in forced where line.utf8.firstRange(of: word.utf8) != nil {
                    XCTFail("\(file.path):\(number + 1): \(line)")
                }
            }
        }
    }
}
