import Foundation
import Platform
import Synchronization
import XCTest

/// What strangers wrote stays one line, and plays no tricks on a terminal.
final class LogTests: XCTestCase {
    private static let hostile: [(name: String, text: String)] = [
        ("line feed", "a\nb"), ("carriage return", "a\rb"), ("both, one Character", "a\r\nb"),
        ("escape", "a\u{1B}[2Jb"), ("delete", "a\u{7F}b"), ("C1 escape", "a\u{9B}2Jb"),
        ("next line", "a\u{85}b"), ("bidi override", "a\u{202E}b"), ("isolate", "a\u{2066}b"),
        ("line separator", "a\u{2028}b"), ("null", "a\0b"), ("joined", "a\u{1B}\u{301}b"),
    ]

    func testLinesCannotBeForged() throws {
        for format in Log.Format.allCases {
            for (name, text) in Self.hostile {
                let line = try line(format) { $0.about(text)(.info, text, [text: text]) }
                for scalar in line.unicodeScalars {
                    let isControl = scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
                    let isTrick = scalar.properties.isBidiControl || scalar.value == 0x2028
                    XCTAssertFalse(isControl || isTrick, "\(name): \(line.debugDescription)")
                }
            }
        }
    }

    /// What becomes a space must not end a value, or begin another field.
    func testFieldsCannotBeForged() throws {
        let line = try line(.text) { $0(.info, "m", ["a": "b\nc=d", "e": "f\tg", "h": "\r\n"]) }
        XCTAssertTrue(line.hasSuffix(#" m a="b c=d" e="f g" h="""#), line)
    }

    func testLinesBeginWithDateAndTime() throws {
        let text = try line(.text) { $0(.info, "m") }
        XCTAssertEqual(text, "1970-01-01T00:00:00.000Z info m")
        let json = try line(.json) { $0(.info, "m") }
        XCTAssertEqual(
            json,
            #"{"level":"info","message":"m","time":"1970-01-01T00:00:00.000Z"}"#
        )
    }

    func testJSONKeepsWhatWasSaid() throws {
        for (name, text) in Self.hostile {
            let line = try line(.json) { $0(.info, text, ["field": text]) }
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            XCTAssertEqual(object["message"], text, name)
            XCTAssertEqual(object["field"], text, name)
        }
    }

    func testPlainTextStaysAsItIs() throws {
        let line = try line(.text) { $0.about("prod/web")(.info, "grüße 👩‍👩‍👧 →", ["a": "b c"]) }
        XCTAssertTrue(line.hasSuffix(" info prod/web: grüße 👩‍👩‍👧 → a=\"b c\""), line)
    }

    private func line(_ format: Log.Format, _ body: (Log) -> Void) throws -> String {
        let lines = Lines()
        body(
            Log(format: format, clock: { Date(timeIntervalSince1970: 0) }) { line in
                lines.kept.withLock { $0.append(line) }
            }
        )
        return try XCTUnwrap(lines.kept.withLock { $0.first })
    }

    private final class Lines: Sendable {
        let kept = Mutex<[String]>([])
    }
}
