import Rollouts
import Digests
import Foundation
import Model
import TestSupport
import XCTest

@testable import Controller

final class HistoryTests: XCTestCase {
    private func entry(
        _ kind: HistoryEntry.Kind,
        _ service: String? = "web",
        spec: String? = nil,
        detail: String? = nil,
        environment: String = "prod",
        at seconds: Int = 0
    ) -> HistoryEntry {
        HistoryEntry(
            kind,
            at: Sample.now + .seconds(seconds),
            environment: environment,
            revision: Sample.revision(1).id,
            service: service,
            from: "1",
            to: "2",
            spec: spec.map { Sample.digest($0).description },
            detail: detail,
            milliseconds: 1_200
        )
    }

    func testWhatIsWrittenIsReadBack() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.jsonl")
        let history = History(path: path)
        XCTAssertEqual(history.entries(of: "prod"), [])
        let entries = [entry(.accepted, nil), entry(.updated, spec: "a"), entry(.removed)]
        for entry in entries { try history.append(entry) }
        try history.append(entry(.accepted, nil, environment: "staging"))
        XCTAssertEqual(history.entries(of: "prod"), entries)
        XCTAssertEqual(History(path: path).entries(of: "prod"), entries)
        XCTAssertEqual(History(path: path).entries(of: "staging").count, 1)
    }

    func testATornLastLineIsNoEntry() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.jsonl")
        try History(path: path).append(entry(.updated, spec: "a"))
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        for length in [1, whole.utf8.count / 2, whole.utf8.count - 2] {
            try directory.write("history.jsonl", whole + whole.prefix(length))
            let history = History(path: path)
            XCTAssertEqual(history.entries(of: "prod").count, 1, "\(length)")
            // What comes after the torn line is not lost with it.
            try history.append(entry(.removed))
            XCTAssertEqual(
                History(path: path).entries(of: "prod").map(\.kind),
                [.updated, .removed],
                "\(length)"
            )
        }
    }

    func testAFullFileIsPutAside() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.jsonl")
        let old = entry(.updated, spec: "a", detail: "old")
        try History(path: path).append(old)
        let line = try String(contentsOfFile: path, encoding: .utf8)
        let count = (16 << 20) / line.utf8.count + 2
        try directory.write("history.jsonl", String(repeating: line, count: count))
        let history = History(path: path)
        XCTAssertLessThan(history.entries(of: "prod").count, count, "only the end is read")
        XCTAssertGreaterThan(history.entries(of: "prod").count, 1_000)
        try history.append(entry(.removed))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        XCTAssertEqual(text.split(separator: "\n").count, 1)
        XCTAssertTrue(FileManager.default.fileExists(atPath: path + ".1"))
        XCTAssertEqual(history.entries(of: "prod").last?.kind, .removed)
    }

    /// However long it gets, only so much is kept; what failed is remembered all the same.
    func testALongHistoryIsNotKeptWhole() throws {
        let directory = try TemporaryDirectory()
        let encoder = JSONEncoder()
        let failure = try encoder.encode(entry(.failed, spec: "bad", detail: "exited"))
        let drift = try encoder.encode(
            HistoryEntry(.drifted, at: Sample.now, environment: "prod", detail: "d")
        )
        let lines = [failure] + Array(repeating: drift, count: 25_000)
        let text = lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
        let history = History(path: try directory.write("history.jsonl", text))
        XCTAssertLessThan(history.entries(of: "prod").count, 20_001)
        let failures = history.memory(of: "prod").services["web"]?.failures
        XCTAssertEqual(failures, [Sample.digest("bad"): "exited"])
    }

    func testMemoryOfFailures() {
        let table: [(name: String, entries: [HistoryEntry], failed: [String])] = [
            ("nothing", [], []),
            ("failed", [entry(.failed, spec: "a")], ["a"]),
            (
                "failed, then tried again",
                [entry(.failed, spec: "a"), entry(.retried, spec: "a")], []
            ),
            ("another spec", [entry(.failed, spec: "a"), entry(.updated, spec: "b")], ["a"]),
            ("arrived after all", [entry(.failed, spec: "a"), entry(.updated, spec: "a")], []),
            (
                "failed twice", [entry(.failed, spec: "a"), entry(.failed, spec: "b")],
                ["a", "b"]
            ),
            ("elsewhere", [entry(.failed, spec: "a", environment: "staging")], []),
        ]
        for (name, entries, failed) in table {
            guard let directory = try? TemporaryDirectory() else { return XCTFail(name) }
            let history = History(path: directory.file("history.jsonl"))
            for entry in entries { XCTAssertNoThrow(try history.append(entry), name) }
            let memory = history.memory(of: "prod").services["web"]?.failures ?? [:]
            XCTAssertEqual(Set(memory.keys), Set(failed.map(Sample.digest)), name)
        }
    }

    func testCompletedJobsAreRemembered() throws {
        let directory = try TemporaryDirectory()
        let history = History(path: directory.file("history.jsonl"))
        try history.append(entry(.updated, spec: "a"))
        let memory = history.memory(of: "prod").services["web"]
        XCTAssertEqual(memory?.completions, [Sample.digest("a")])
    }

    func testSinceWhenSomethingDiffers() throws {
        let directory = try TemporaryDirectory()
        let history = History(path: directory.file("history.jsonl"))
        XCTAssertNil(history.driftBegan("missing prod-web-1 replicas", in: "prod"))
        try history.append(entry(.drifted, detail: "missing prod-web-1 replicas", at: 1))
        XCTAssertEqual(
            history.driftBegan("missing prod-web-1 replicas", in: "prod"),
            Sample.now + .seconds(1)
        )
        XCTAssertNil(history.driftBegan("missing prod-web-2 replicas", in: "prod"))
        try history.append(entry(.repaired, nil, detail: "missing prod-web-1 replicas", at: 2))
        XCTAssertNil(history.driftBegan("missing prod-web-1 replicas", in: "prod"))
    }

    func testAFolderThatIsGoneIsAnErrorThatSaysSo() throws {
        let history = History(path: "/nonexistent/history.jsonl")
        XCTAssertThrowsError(try history.append(entry(.removed))) { error in
            XCTAssertTrue("\(error)".contains("/nonexistent/history.jsonl"), "\(error)")
        }
    }
}
