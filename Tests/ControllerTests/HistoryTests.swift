import Rollouts
import Digests
import Foundation
import Model
import Planning
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
        let failures = history.record(of: "prod").services["web"]?.failures
        XCTAssertEqual(failures, [Sample.digest("bad"): "exited"])
    }

    func testRecordOfFailures() {
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
            ("given up", [entry(.exhausted, spec: "a")], ["a"]),
            (
                "given up, then tried again",
                [entry(.exhausted, spec: "a"), entry(.retried, spec: "a")], []
            ),
            ("elsewhere", [entry(.failed, spec: "a", environment: "staging")], []),
        ]
        for (name, entries, failed) in table {
            guard let directory = try? TemporaryDirectory() else { return XCTFail(name) }
            let history = History(path: directory.file("history.jsonl"))
            for entry in entries { XCTAssertNoThrow(try history.append(entry), name) }
            let record = history.record(of: "prod").services["web"]?.failures ?? [:]
            XCTAssertEqual(Set(record.keys), Set(failed.map(Sample.digest)), name)
        }
    }

    func testCompletedJobsAreRemembered() throws {
        let directory = try TemporaryDirectory()
        let history = History(path: directory.file("history.jsonl"))
        try history.append(entry(.completed, spec: "a"))
        // An earlier Berth's.
        try history.append(entry(.updated, spec: "b"))
        let record = history.record(of: "prod").services["web"]
        XCTAssertEqual(record?.completions, [Sample.digest("a"), Sample.digest("b")])
    }

    /// What happened decides nothing; an earlier Berth's lines have no reason and did.
    func testEventsAreNotTheRecord() throws {
        let directory = try TemporaryDirectory()
        let history = History(path: directory.file("history.jsonl"))
        let release = Event.Release(from: "1", to: "2", spec: Sample.digest("a"))
        let kinds: [Event.Kind] = [
            .releaseFailed(release, reason: "exited", took: nil),
            .releaseSucceeded(release, took: nil, outage: nil),
        ]
        for kind in kinds {
            let event = Event(kind, at: Sample.now, environment: "prod", service: "web")
            try history.receive(event)
        }
        XCTAssertEqual(history.entries(of: "prod").map(\.kind), [.failed, .updated])
        XCTAssertNil(history.record(of: "prod").services["web"])
        try history.append(entry(.exhausted, spec: "a", detail: "exited"))
        let record = History(path: directory.file("history.jsonl")).record(of: "prod")
        XCTAssertEqual(record.services["web"]?.failures, [Sample.digest("a"): "exited"])
    }

    /// Files of an earlier and of a later Berth: what is not known is skipped.
    func testLinesOfOtherVersionsAreRead() throws {
        let directory = try TemporaryDirectory()
        let spec = Sample.digest("a").description
        let text = """
            {"environment":"prod","kind":"accepted","revision":"1","time":1}
            {"detail":"exited","environment":"prod","kind":"failed","service":"web",\
            "spec":"\(spec)","time":2}
            {"environment":"prod","kind":"of a later version","reason":"Later","time":3}
            {"environment":"prod","kind":"removed","later":{"field":[1]},"reason":"ServiceRemoved",\
            "service":"api","time":4}

            """
        let history = History(path: try directory.write("history.jsonl", text))
        XCTAssertEqual(
            history.entries(of: "prod").map(\.kind),
            [.accepted, .failed, .removed]
        )
        let failures = history.record(of: "prod").services["web"]?.failures
        XCTAssertEqual(failures, [Sample.digest("a"): "exited"])
    }

    func testWhatIsKeptOfEvents() {
        let release = Event.Release(from: "1", to: "2", spec: Sample.digest("a"))
        let drift = Drift(
            .missing,
            service: "web",
            subject: "prod-web-1",
            field: "replicas",
            desired: "1",
            actual: "nothing"
        )
        let table: [(kind: Event.Kind, kept: HistoryEntry.Kind?, detail: String?)] = [
            (.revisionAccepted(Sample.revision(2), from: nil, warnings: []), .accepted, "Change 2"),
            (
                .revisionRefused(Sample.revision(2), inForce: nil, problems: ["a", "b"]),
                .invalid, "a\nb"
            ),
            (.releaseStarted(release, image: "web:2"), .updating, nil),
            (.releaseProgressed(release, ready: 1, replicas: 2), nil, nil),
            (.releaseSucceeded(release, took: .seconds(1), outage: nil), .updated, nil),
            (.jobSkipped(release), .updated, nil),
            (.releaseFailed(release, reason: "exited", took: nil), .failed, "exited"),
            (.releaseRolledBack(release, took: .seconds(1)), .rolledBack, nil),
            (.serviceRemoved, .removed, nil),
            (.driftDetected(drift), .drifted, drift.identity),
            (.driftRepaired(identity: "d", lasted: .seconds(1)), .repaired, "d"),
            (.reconciled(took: .zero), nil, nil),
            (.hostUnreachable("no answer"), nil, nil),
        ]
        for (kind, kept, detail) in table {
            let event = Event(kind, at: Sample.now, environment: "prod", service: "web")
            let entry = HistoryEntry(event)
            XCTAssertEqual(entry?.kind, kept, event.reason)
            XCTAssertEqual(entry?.detail, detail, event.reason)
            XCTAssertEqual(entry?.reason, kept == nil ? nil : event.reason)
            XCTAssertNil(HistoryEntry(Event(kind, at: Sample.now)), "not of an environment")
        }
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
