import Foundation
import Model
import TestSupport
import XCTest

@testable import Manifests

/// Real Compose files that Compose takes, taken over: what runs is what ran, or a line of the file
/// says why not.
final class ComposeImportCorpusTests: XCTestCase {
    private struct Row: Decodable {
        var file: String
        var env: [String: String]
        var project: JSON?
    }

    /// With a `.env` that has what the file asks for.
    func testFilesWithTheirVariables() throws {
        var tally = ComposeImportTally("with .env")
        for row in try Self.rows() where row.project != nil {
            var trial = try Self.trial(row)
            for (index, name) in trial.missing().sorted().enumerated() {
                trial.variables[name] = Self.value(of: name, index)
            }
            try run(&trial, in: &tally) { _ in nil }
        }
        tally.report()
        XCTAssertGreaterThanOrEqual(tally.share(\.all), 0.90)
        XCTAssertGreaterThanOrEqual(tally.share(\.withDecisions), 0.97)
    }

    /// Without it: the line that is printed leads to Compose's own model of the file.
    func testFilesByTheLineThatIsPrinted() throws {
        var tally = ComposeImportTally("without .env")
        for row in try Self.rows() {
            guard let project = row.project else { continue }
            var trial = try Self.trial(row)
            try run(&trial, in: &tally) { $0.isChanged ? nil : project }
        }
        tally.report()
        XCTAssertGreaterThanOrEqual(tally.share(\.all), 0.97)
    }

    /// What is cut off anywhere is taken over, or refused with a place inside the file.
    func testCutFiles() throws {
        let seed =
            ProcessInfo.processInfo.environment["BERTH_SEED"].flatMap { Int($0) }
            ?? Int.random(in: 0..<1 << 30)
        print("seed \(seed)")
        for (index, row) in try Self.rows().enumerated() {
            var trial = try Self.trial(row)
            let count = (seed &+ index &* 7_919) % trial.bytes.count
            trial = ComposeImportTrial(
                "\(row.file) of \(count)",
                Array(trial.bytes[..<count]),
                trial.variables
            )
            _ = attempt(trial)
        }
    }

    /// Takes a file over, follows the line once, and compares what comes of it.
    private func run(
        _ trial: inout ComposeImportTrial,
        in tally: inout ComposeImportTally,
        before: (ComposeImportTrial) -> JSON?
    ) throws {
        switch attempt(trial) {
        case .success(let imported):
            tally.count(.first, trial.name)
            return try check(imported, trial, before(trial))
        case .failure(let first):
            guard trial.follow(first.options) else {
                return XCTFail("\(trial.name): \(first.options)")
            }
            guard case .failure(let second) = attempt(trial) else { break }
            tally.count(.refused(second), trial.name)
            // The user says that these are no secrets.
            trial.harmless = Set(trial.variables.keys)
            guard case .success(let imported) = attempt(trial) else { return }
            tally.count(.decided, trial.name)
            return try check(imported, trial, before(trial))
        }
        if case .success(let imported) = attempt(trial) {
            tally.count(.second, trial.name)
            try check(imported, trial, before(trial))
        }
    }

    private func attempt(_ trial: ComposeImportTrial) -> Result<ComposeImport, InvalidComposeFile> {
        do throws(InvalidComposeFile) {
            return .success(try trial.attempt())
        } catch {
            let lines = trial.bytes.count { $0 == 0x0A } + 2
            XCTAssertTrue(error.diagnostics.contains { $0.severity == .error }, trial.name)
            for problem in error.diagnostics {
                XCTAssertEqual(problem.location?.file, trial.name, "\(problem)")
                XCTAssertTrue((1...lines).contains(problem.location?.line ?? 0), "\(problem)")
            }
            return .failure(error)
        }
    }

    private func check(_ imported: ComposeImport, _ trial: ComposeImportTrial, _ before: JSON?)
        throws
    {
        let fleet = ComposeImportTrial.fleet(imported)
        let errors = fleet.validate().filter { $0.severity == .error }
        XCTAssertEqual(errors.map(\.description), [], trial.name)
        let after = JSON(try fleet.model(of: "prod", at: SampleFleet.revision).root)
        let comparison = ComposeImportComparison(
            trial: trial,
            imported: imported,
            before: try XCTUnwrap(before ?? trial.before(), trial.name),
            after: after
        )
        XCTAssertEqual(comparison.differences(), [], trial.name)
        let state = try fleet.desiredState(of: "prod", at: SampleFleet.revision)
        XCTAssertEqual(comparison.policies(in: state), [], trial.name)
        for (name, value) in trial.variables
        where SecretRule.isSecret(name, value) && !trial.harmless.contains(name) {
            for file in imported.files where file.text.contains(value) {
                XCTFail("\(trial.name): \(name) stands in \(file.path)")
            }
            XCTAssertFalse(imported.notes.contains { $0.contains(value) }, trial.name)
        }
    }

    private static func rows() throws -> [Row] {
        try CorpusFile("compose/expected-compose-go.jsonl").rows(as: Row.self)
    }

    private static func trial(_ row: Row) throws -> ComposeImportTrial {
        let bytes = [UInt8](try CorpusFile("compose/files/\(row.file)").data())
        return ComposeImportTrial(row.file, bytes, row.env)
    }

    /// A value such as a `.env` has: by what the name says.
    private static func value(of name: String, _ index: Int) -> String {
        let upper = name.uppercased()
        if SecretRule.namesSecret(name) { return "Hidden-\(index)-value" }
        if upper.contains("PORT") { return "\(20_000 + index)" }
        if ["PATH", "DIR", "LOCATION", "DATA", "FOLDER"].contains(where: upper.contains) {
            return "/srv/data\(index)"
        }
        if upper.contains("URL") { return "https://app\(index).example.com" }
        if upper.contains("VERSION") || upper.contains("TAG") { return "1.2.\(index)" }
        return "value\(index)"
    }
}

/// Counts what became of files, by reason.
private struct ComposeImportTally {
    enum Outcome {
        case first
        case second
        case refused(InvalidComposeFile)
        /// Taken over once its user has said what is no secret.
        case decided
    }

    let name: String
    private(set) var first = 0
    private(set) var second = 0
    private(set) var decided = 0
    private var refused: [String: [String]] = [:]

    init(_ name: String) { self.name = name }

    var all: Int { first + second }
    var withDecisions: Int { all + decided }

    func share(_ count: KeyPath<Self, Int>) -> Double {
        Double(self[keyPath: count]) / Double(all + refused.values.reduce(0) { $0 + $1.count })
    }

    mutating func count(_ outcome: Outcome, _ file: String) {
        switch outcome {
        case .first: first += 1
        case .second: second += 1
        case .decided: decided += 1
        case .refused(let error):
            let problem = error.diagnostics.first { $0.severity == .error }
            let key = problem?.field.split(separator: ".").dropFirst(2).first ?? ""
            let words = (problem?.message ?? "").split(separator: "\"").enumerated()
                .map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined()
            refused["\(key.prefix { $0 != "[" }): \(words)", default: []].append(file)
        }
    }

    func report() {
        let total = all + refused.values.reduce(0) { $0 + $1.count }
        print(
            "\(name): \(total) files, \(first) at the first try, \(second) after the line, "
                + "\(decided) where some are declared no secrets"
        )
        for (reason, files) in refused.sorted(by: { $0.value.count > $1.value.count }) {
            print("  \(files.count) refused: \(reason) (\(files.sorted().first ?? ""))")
        }
    }
}
