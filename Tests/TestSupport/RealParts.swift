internal import Foundation
package import Platform
package import XCTest

/// What tests on real parts need of the machine: root, programs, the corpora.
///
/// A developer's machine may lack some of it and is no less able to run the other tests, so what is
/// missing skips a test there, here and nowhere else.
/// With `BERTH_REQUIRE_REAL=1`, as in CI, it is an error: nothing is skipped in silence.
package enum RealParts {
    /// A part that is required and missing.
    package struct Missing: Error, CustomStringConvertible {
        /// What it is, and how to get it.
        package let description: String
    }

    /// Goes on only if the condition holds.
    ///
    /// - Throws: ``Missing`` where the real parts are required, `XCTSkip` elsewhere.
    package static func require(_ isThere: Bool, _ part: String) throws {
        guard !isThere else { return }
        let isRequired = ProcessInfo.processInfo.environment["BERTH_REQUIRE_REAL"] == "1"
        if isRequired { throw Missing(description: "this test needs \(part)") }
        // Right here, and only without BERTH_REQUIRE_REAL: a machine that lacks root or Docker can
        // still run all other tests, and XCTest names each one that was skipped.
        throw XCTSkip("this test needs \(part)")
    }

    /// Goes on only as root, who alone makes network namespaces and gives files away.
    package static func requireRoot() throws {
        try require(geteuid() == 0, "root")
    }

    /// Finds a program where the system keeps them.
    @discardableResult
    package static func require(program: String) throws -> String {
        try TestEngine.chosen.require()
        let path = TestEngine.chosen.searchPath.split(separator: ":").lazy
            .map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile)
        try require(path != nil, "\(program) (Tests/install.sh)")
        return path ?? ""
    }

    /// Builds a lab that goes with the test.
    package static func lab(backends: Int, for test: XCTestCase) async throws -> NetworkLab {
        try requireRoot()
        for program in ["nft", "ip", "bridge", "nsenter"] { try require(program: program) }
        let lab = try await NetworkLab(backends: backends)
        test.addTeardownBlock { await lab.tearDown() }
        return lab
    }

    /// Runs a program in a namespace and returns what it prints.
    @discardableResult
    package static func run(
        _ namespace: NetworkNamespace,
        _ words: String...
    ) async throws -> String {
        try await Command("nsenter", ["--net=\(namespace.path)"] + words).run().text
    }
}
