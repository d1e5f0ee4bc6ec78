import Foundation
import Platform
import TestSupport
import XCTest

/// What tests on real parts need of the machine: root, nft and iproute2.
enum RealParts {
    /// Builds a lab that goes with the test; skips the test where parts are missing, unless
    /// BERTH_REQUIRE_REAL=1.
    static func lab(backends: Int, for test: XCTestCase) async throws -> NetworkLab {
        for program in ["nft", "ip"] { try await require(program) }
        guard geteuid() == 0 else { throw try missing("root") }
        let lab = try await NetworkLab(backends: backends)
        test.addTeardownBlock { await lab.tearDown() }
        return lab
    }

    /// Runs a program in a namespace and returns what it prints.
    @discardableResult
    static func run(_ namespace: NetworkNamespace, _ words: String...) async throws -> String {
        try await Command("nsenter", ["--net=\(namespace.path)"] + words).run().text
    }

    private static func require(_ program: String) async throws {
        do {
            try await Command(program, ["-V"]).run()
        } catch .notFound {
            throw try missing(program)
        } catch {}
    }

    private static func missing(_ part: String) throws -> XCTSkip {
        let isRequired = ProcessInfo.processInfo.environment["BERTH_REQUIRE_REAL"] == "1"
        struct Missing: Error { let part: String }
        if isRequired { throw Missing(part: part) }
        return XCTSkip("this test needs \(part)")
    }
}

extension RealParts {
    /// Looks again and again until the condition holds, for half a minute at most.
    static func wait(_ what: String, until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        struct Late: Error { let what: String }
        throw Late(what: what)
    }
}
