import XCTest

/// Texts that people read are written in the usual words.
final class PlainWordsTests: XCTestCase {
    private static let vague = [
        "nobody", "somebody", "anybody", "whoever", "leads? to", "led to", "is there again",
        "(is|are) no longer there", "one word too many", "the story", "as wanted",
        "(is|are) wanted", "wants", "serves? on", "(goes|go) on from", "(is|are) let go", "made",
        "makes", "making", "(a|each|every|one) look", "means nothing", "under way",
    ]
    /// Words that are something else: a key of systemd.
    private static let allowed = ["Wants=docker.service"]
    /// Modules and READMEs whose texts are still to be revised.
    private static let unrevised: Set<String> = []

    private var pattern = try? Regex("")

    override func setUpWithError() throws {
        pattern = try Regex("\\b(\(Self.vague.joined(separator: "|")))\\b").ignoresCase()
    }

    private func vague(_ text: String) throws -> String? {
        guard !Self.allowed.contains(where: text.contains) else { return nil }
        return try text.firstMatch(of: XCTUnwrap(pattern)).map { String(text[$0.range]) }
    }

    func testTheProgramsTextsArePlain() throws {
        for file in try SourceTree.swiftFiles(in: ["Sources"])
        where !Self.unrevised.contains(file.module) {
            for (line, text) in file.texts {
                if let word = try vague(text) { XCTFail("\(file.path):\(line): \"\(word)\"") }
            }
        }
    }

    func testReadmesArePlain() throws {
        let folders = ["Sources", "Tests", "examples", "manifests", "environments"]
        let below = try SourceTree.files(in: folders, ending: [".md"]).map(\.path)
        for path in ["README.md", "CHANGELOG.md"] + below where !Self.unrevised.contains(path) {
            let lines = try SourceTree.text(path).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            for (index, line) in lines.enumerated() {
                if let word = try vague(String(line)) {
                    XCTFail("\(path):\(index + 1): \"\(word)\"")
                }
            }
        }
    }

    /// What the two tests above find, and what not.
    func testVagueWordsAreFoundInTexts() throws {
        let file = SourceTree.File(
            path: "Sources/X/X.swift",
            lines: [
                "let a = \"Nobody keeps it\"", "let nobody = \"\\(somebody.name(of: x)) runs\"",
                "// whoever \"reads\" this", "let b = \"\"\"", "    leads to 8080", "    \"\"\"",
                "case nobody", "let c = \"routes to \\(nobody)\" + \"as wanted\"",
            ]
        )
        let found = try file.texts.compactMap { line, text in
            try vague(text).map { "\(line) \($0)" }
        }
        XCTAssertEqual(found, ["1 Nobody", "5 leads to", "8 as wanted"])
        XCTAssertNil(try vague("Wants=docker.service"))
        XCTAssertEqual(try vague("It wants a port"), "wants")
    }
}
