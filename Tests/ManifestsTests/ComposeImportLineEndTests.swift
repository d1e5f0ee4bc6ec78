import XCTest

@testable import Manifests

/// Lines may end as they do on Windows.
final class ComposeImportLineEndTests: XCTestCase {
    func testWhatMovesIsTheSameWithBothLineEnds() throws {
        let text = """
            services:
              web:
                image: quay.io/web:1
                ports:
                  - "80:80"
                  - "81:81"
                restart: always

            """
        let plain = try environments(of: text)
        let carried = try environments(of: text.replacing("\n", with: "\r\n"))
        XCTAssertTrue(plain.contains { $0.contains("      - \"81:81\"\n") }, "\(plain)")
        XCTAssertEqual(carried, plain)
    }

    private func environments(of text: String) throws -> [String] {
        try ComposeImport(
            of: ComposeImport.Source(
                bytes: Array(text.utf8),
                path: "docker-compose.yml",
                folder: "",
                variables: [:],
                other: { _ in nil }
            )
        ).files.filter { $0.path.hasPrefix("environments/") }.map(\.text)
    }
}
