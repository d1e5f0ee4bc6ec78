import TestSupport
import XCTest
import YAML

/// Real Compose files against what Docker Compose's own YAML reader (go-yaml v4) sees in them.
final class ComposeFilesTests: XCTestCase {
    /// Files that are refused, with the reason; go-yaml refuses those marked so as well.
    private static let refused: [String: String] = [:]

    func test_filesAreReadAsComposeReadsThem() throws {
        var read = 0
        var refusedByBoth = 0
        for expected in try CorpusFile("compose/expected-go-yaml.jsonl").objects() {
            let file = try XCTUnwrap(expected["file"] as? String)
            let source = try CorpusFile("compose/files/\(file)").data()
            do throws(YAMLError) {
                let document = try Document(parsing: source)
                guard let docs = expected["docs"] as? [Any] else {
                    XCTFail("\(file): Compose refuses it, and it was read")
                    continue
                }
                let value = JSONValue(document.root, resolve: JSONValue.goYAML)
                read += 1
                XCTAssertTrue([value] == docs.map(JSONValue.init), "\(file) is read differently")
            } catch {
                if expected["docs"] == nil { refusedByBoth += 1 }
                guard expected["docs"] != nil, Self.refused[file] == nil else { continue }
                XCTFail("\(file) was refused: \(error)")
            }
        }
        let listed = Self.refused.count
        print("Compose files: \(read) read, \(refusedByBoth) refused by both, \(listed) by us")
    }
}
