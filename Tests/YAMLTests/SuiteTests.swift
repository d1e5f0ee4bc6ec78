import TestSupport
import XCTest
import YAML

/// The official yaml-test-suite (data@6ad3d2c).
///
/// The rule is absolute: a value that differs from the expected one is a failure; a refusal is not.
final class SuiteTests: XCTestCase {
    /// Cases of the subset that are refused all the same, with the reason: of the whole suite, of
    /// which a corpus may hold a part.
    private static let refusedSubset = [
        "JEF9/02": "readers disagree whether a last line of spaces without a line break has one",
        "L24T/01": "the same",
        "2SXE": "readers disagree whether a colon can be part of an anchor's name",
        "Y2GN": "the same",
    ]

    func test_noCaseIsReadDifferently() throws {
        let mustFail = Set(try CorpusFile("yaml-suite/must-error.txt").words())
        let subset = Set(try CorpusFile("yaml-suite/subset-candidates.txt").words())
        var read = 0
        var rightlyRefused = 0
        var refusals: [String: [String]] = [:]

        for test in try CorpusFile("yaml-suite/cases.jsonl").objects() {
            let id = try XCTUnwrap(test["id"] as? String)
            let yaml = try XCTUnwrap(test["yaml"] as? String)
            let isInvalid = test["error"] as? Bool ?? false
            do throws(YAMLError) {
                let document = try Document(parsing: yaml)
                read += 1
                XCTAssertFalse(isInvalid, "\(id) is no YAML, and was read")
                XCTAssertFalse(mustFail.contains(id), "\(id) must be refused, and was read")
                guard !isInvalid else { continue }
                let value = JSONValue(document.root, resolve: JSONValue.coreSchema)
                let wanted = (test["json"] as? [Any])?.map(JSONValue.init)
                XCTAssertEqual(wanted?.isEmpty == true ? [.null] : wanted, [value], id)
            } catch {
                if isInvalid { rightlyRefused += 1 }
                if !isInvalid { refusals[error.message, default: []].append(id) }
                guard subset.contains(id), Self.refusedSubset[id] == nil else { continue }
                XCTFail("\(id) belongs to the subset, and was refused: \(error)")
            }
        }
        print("yaml-test-suite: \(read) read, \(rightlyRefused) no YAML; refused though valid:")
        for (message, ids) in refusals.sorted(by: { $0.key < $1.key }) {
            print("  \(message): \(ids.joined(separator: " "))")
        }
    }
}
