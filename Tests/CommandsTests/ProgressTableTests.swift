import Controller
import Model
import XCTest

@testable import Commands

final class ProgressTableTests: XCTestCase {
    private let start = Moment(milliseconds: 1_800_000_000_000)

    private func service(
        _ name: String = "web",
        _ state: ServiceStatus.State = .updating,
        wanted: String? = "1.1.0",
        serving: [String] = ["1.0.0"],
        ready: Int = 2,
        _ message: String = ""
    ) -> ServiceProgress {
        ServiceProgress(
            status: ServiceStatus(
                name: name,
                state: state,
                wanted: wanted,
                serving: serving,
                ready: ready,
                replicas: 2,
                message: message
            ),
            image: "registry.example/\(name):1.1.0"
        )
    }

    private func lines(
        _ board: ProgressTable,
        after seconds: Int64 = 0,
        width: Int = 80,
        height: Int = 24
    ) -> [String] {
        board.lines(
            at: start + .seconds(seconds),
            width: width,
            height: height,
            isColoured: false
        )
    }

    func testALineFromItsBeginningToItsEnd() {
        var board = ProgressTable()
        board.take([service("api", .ready), service("web", .ready)], at: start)
        XCTAssertEqual(lines(board), [], "nothing is under work")
        let steps: [(second: Int64, progress: ServiceProgress, percent: Int?, want: String)] = [
            (
                0, updating("slot 1 creating"), nil,
                "→ web  1.0.0 → 1.1.0  2/2  0 s  slot 1 creating"
            ),
            (
                4, updating("slot 1 creating"), 40,
                "→ web  1.0.0 → 1.1.0  2/2  4 s  pulling 40 %, slot 1 creating"
            ),
            (
                5, updating("slot 1 starting"), 100,
                "→ web  1.0.0 → 1.1.0  2/2  5 s  slot 1 starting"
            ),
            (
                61, updating(serving: ["1.1.0"], "slot 1 serving, monitored"), nil,
                "→ web  1.0.0 → 1.1.0  2/2  1 min 1 s  slot 1 serving, monitored"
            ),
            (70, service("web", .ready), nil, "✓ web  1.0.0 → 1.1.0  2/2  1 min 10 s  done"),
            (900, service("web", .ready), nil, "✓ web  1.0.0 → 1.1.0  2/2  1 min 10 s  done"),
        ]
        for (second, progress, percent, want) in steps {
            let now = start + .seconds(second)
            if let percent {
                board.take(pullOf: "registry.example/web:1.1.0", percent: percent)
            }
            board.take([service("api", .ready), progress], at: now)
            XCTAssertEqual(lines(board, after: second), [want], "\(second) s")
        }
        XCTAssertEqual(board.unfinished, [])
    }

    private func updating(_ message: String) -> ServiceProgress {
        service("web", .updating, message)
    }

    private func updating(serving: [String], _ message: String) -> ServiceProgress {
        service("web", .updating, serving: serving, message)
    }

    func testEveryStateHasItsMarkAndWords() {
        let table: [(name: String, progress: ServiceProgress, want: String)] = [
            (
                "failed", service("web", .failed, "not ready"),
                "✗ web  1.0.0 → 1.1.0  2/2  0 s  failed: not ready"
            ),
            (
                "waiting", service("web", .waiting, "waiting for db"),
                "· web  1.0.0 → 1.1.0  2/2  0 s  waiting for db"
            ),
            (
                "new", service("web", .updating, serving: [], ready: 0),
                "→ web  1.1.0  0/2  0 s  in progress"
            ),
            (
                "same version", service("web", .updating, wanted: "1.0.0"),
                "→ web  1.0.0  2/2  0 s  in progress"
            ),
            (
                "leaving", service("web", .leaving, wanted: nil, "slot 1 leaves"),
                "→ web  1.0.0  2/2  0 s  slot 1 leaves"
            ),
            (
                "words of others", service("web", .failed, "a\u{1B}[2J\nb"),
                "✗ web  1.0.0 → 1.1.0  2/2  0 s  failed: a\\u001b[2J\\u000ab"
            ),
        ]
        for (name, progress, want) in table {
            var board = ProgressTable()
            board.take([progress], at: start)
            XCTAssertEqual(lines(board), [want], name)
        }
    }

    func testWhatLeftIsDone() {
        var board = ProgressTable()
        board.take([service("old", .leaving, wanted: nil, "slot 1 leaves")], at: start)
        XCTAssertEqual(board.unfinished, ["old: slot 1 leaves"])
        board.take([], at: start + .seconds(3))
        XCTAssertEqual(lines(board, after: 9), ["✓ old  1.0.0  2/2  3 s  removed"])
        XCTAssertEqual(board.unfinished, [])
    }

    func testNoLineIsWiderThanTheTerminal() {
        var board = ProgressTable()
        let long = String(repeating: "long", count: 20)
        board.take([service(long, wanted: long, long), service("a")], at: start)
        for width in [1, 5, 20, 80, 200] {
            for line in lines(board, width: width) {
                XCTAssertLessThan(line.count, max(width, 4), "\(width): \(line)")
            }
        }
        let wide = lines(board, width: 200)
        XCTAssertEqual(wide.count, 2)
        XCTAssertTrue(wide[1].contains("longlonglonglonglonglon…  "), wide[1])
        XCTAssertTrue(wide[0].hasPrefix("→ a                         1.0.0 → 1.1.0"), wide[0])
    }

    func testNoMoreLinesThanTheTerminalHas() {
        var board = ProgressTable()
        board.take((1...9).map { service("web-\($0)") }, at: start)
        XCTAssertEqual(lines(board, height: 9).count, 9)
        let few = lines(board, height: 3)
        XCTAssertEqual(few.count, 3)
        XCTAssertEqual(few.last, "  7 more")
    }

    func testColoursAreOnlyInTheMark() {
        var board = ProgressTable()
        board.take([service()], at: start)
        let plain = lines(board)[0]
        let coloured = board.lines(at: start, width: 80, height: 24, isColoured: true)[0]
        XCTAssertEqual(coloured, "\u{1B}[36m→\u{1B}[0m" + plain.dropFirst())
    }
}
