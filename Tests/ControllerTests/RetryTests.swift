import Model
import Rollouts
import XCTest

@testable import Controller

final class RetryTests: XCTestCase {
    func testWaitsDoubleUpToTheLimit() {
        let table: [(random: Double, want: [Int64])] = [
            (1, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]),
            (0, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]),
            (0.5, [750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]),
        ]
        for (random, want) in table {
            var backoff = Backoff()
            XCTAssertEqual(want.map { _ in backoff.next(random: random).milliseconds }, want)
            XCTAssertEqual(backoff.failures, want.count)
            backoff.reset()
            XCTAssertEqual(backoff.failures, 0)
            XCTAssertEqual(backoff.next(random: random).milliseconds, want[0])
        }
    }

    func testALongOutageDoesNotOverflow() {
        var backoff = Backoff()
        for _ in 0..<10_000 {
            let wait = backoff.next(random: 1)
            XCTAssertGreaterThanOrEqual(wait, .seconds(1))
            XCTAssertLessThanOrEqual(wait, .seconds(60))
        }
    }

    func testTwoStepsOnOneSubjectAreNeverUnderWayAtOnce() throws {
        let web = Sample.container(try Sample.service("web"))
        let api = Sample.container(try Sample.service("api"))
        let steps = StepsUnderWay()
        XCTAssertTrue(steps.isEmpty)
        XCTAssertTrue(steps.begin(.stop(web), at: Sample.now))
        XCTAssertFalse(steps.begin(.stop(web), at: Sample.now), "the same step")
        XCTAssertFalse(steps.begin(.remove(web), at: Sample.now), "another step, same container")
        XCTAssertTrue(steps.begin(.start(api), at: Sample.now), "another container")
        XCTAssertEqual(steps.stopping, [web.id])
        steps.succeed(.stop(web))
        XCTAssertEqual(steps.stopping, [])
        XCTAssertFalse(steps.begin(.remove(web), at: Sample.now), "seen before the stop ended")
        steps.lookBegins()
        XCTAssertTrue(steps.begin(.remove(web), at: Sample.now))
        steps.succeed(.remove(web))
        steps.succeed(.start(api))
        XCTAssertTrue(steps.isEmpty)
    }

    func testAFailedStepWaitsForItsTime() throws {
        let step = Step.start(Sample.container(try Sample.service("web")))
        let steps = StepsUnderWay()
        XCTAssertTrue(steps.begin(step, at: Sample.now))
        let first = steps.fail(step, "refused", at: Sample.now)
        XCTAssertTrue(first.isNews)
        XCTAssertEqual(steps.failure(of: step), "refused")
        XCTAssertEqual(steps.failures(of: step), 1)
        XCTAssertEqual(steps.nextRetry, first.retry)
        steps.lookBegins()
        let tooEarly = first.retry + .milliseconds(-1)
        XCTAssertFalse(steps.begin(step, at: tooEarly))
        // Its time came during a look: it is still to be asked for.
        XCTAssertEqual(steps.nextRetry, first.retry)
        XCTAssertTrue(steps.begin(step, at: first.retry))
        XCTAssertNil(steps.nextRetry, "it runs")
        XCTAssertFalse(steps.fail(step, "refused", at: first.retry).isNews, "said before")
        XCTAssertEqual(steps.failures(of: step), 2)
        let later = first.retry + .seconds(60)
        steps.lookBegins()
        XCTAssertTrue(steps.begin(step, at: later))
        XCTAssertTrue(steps.fail(step, "no space left", at: later).isNews, "another reason")
    }

    func testWhatIsNoLongerWantedIsForgotten() throws {
        let web = Step.start(Sample.container(try Sample.service("web")))
        let api = Step.start(Sample.container(try Sample.service("api")))
        let steps = StepsUnderWay()
        for step in [web, api] {
            XCTAssertTrue(steps.begin(step, at: Sample.now))
            _ = steps.fail(step, "refused", at: Sample.now)
        }
        steps.forget(except: [api])
        steps.lookBegins()
        XCTAssertNil(steps.failure(of: web))
        XCTAssertEqual(steps.failures(of: web), 0)
        XCTAssertTrue(steps.begin(web, at: Sample.now), "begins anew, without a wait")
        XCTAssertEqual(steps.failure(of: api), "refused")
        XCTAssertFalse(steps.begin(api, at: Sample.now))
    }
}
