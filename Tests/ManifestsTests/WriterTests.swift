import Model
import XCTest
import YAML

@testable import Manifests

/// The model as text reads back as what it is, whatever stands in it.
final class WriterTests: XCTestCase {
    func testNoCharacterBreaksALine() throws {
        for code in [0x01, 0x07, 0x1B, 0x7F, 0x80, 0x85, 0x9F, 0x2028, 0x2029, 0xFFFE] as [UInt32] {
            let scalar = try XCTUnwrap(Unicode.Scalar(code))
            let text = "a\(Character(scalar))b"
            var map = OrderedMap<ComposeValue>()
            map["a"] = ComposeValue(.string(text))
            let model = ComposeModel(root: ComposeValue(.map(map)))
            for written in [model.yaml(), model.json()] {
                XCTAssertFalse(
                    written.unicodeScalars.contains(scalar),
                    "\(String(code, radix: 16)): \(written.debugDescription)"
                )
            }
            let read = try Document(parsing: Array(model.yaml().utf8)).root?["a"]?.scalar?.text
            XCTAssertEqual(read, text)
        }
    }

    func testTheNameOfAFileStaysInItsComment() throws {
        let file = "manifests/a\nimage: b\u{2028}\u{1B}.yaml"
        let place = SourceLocation(file: file, line: 1, column: 1)
        var map = OrderedMap<ComposeValue>()
        map["a"] = ComposeValue(.string("x"), origin: Origin(.manifest, at: place))
        let text = ComposeModel(root: ComposeValue(.map(map))).yaml(withOrigins: true)
        XCTAssertEqual(text, "a: x  # manifests/a\\u000aimage: b\\u2028\\u001b.yaml:1:1\n")
    }
}
