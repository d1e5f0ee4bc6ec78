import Model
import Synchronization
import XCTest

@testable import Controller
@testable import DockerEngine

final class PullTrackerTests: XCTestCase {
    func testSizesThatNoLayerHas() throws {
        let shown = Mutex<[Int]>([])
        let events = Mutex<[Event.Kind]>([])
        let tracker = PullTracker(
            record: { kind in events.withLock { $0.append(kind) } },
            show: { _, percent in shown.withLock { $0.append(percent) } }
        )
        let image = try ImageName("registry.example/web:1")
        let rows: [(layer: String, current: Int64, total: Int64)] = [
            ("a", -5, 1 << 62), ("a", 1 << 62, 1 << 62), ("b", 1 << 62, 1 << 62),
            ("c", .max, 1), ("d", .max, .max),
        ]
        for row in rows {
            tracker.track(
                image,
                PullProgress(
                    layer: row.layer,
                    status: "Downloading",
                    current: row.current,
                    total: row.total
                )
            )
        }
        XCTAssertEqual(shown.withLock(\.self), [0, 100])
        tracker.track(image, nil)
        tracker.track(
            image,
            PullProgress(layer: "a", status: "Downloading", current: 1, total: 4)
        )
        XCTAssertEqual(shown.withLock(\.self), [0, 100, 25], "the next pull begins anew")
        XCTAssertEqual(
            events.withLock(\.self),
            [0, 100, 20].map { .pullProgressed(image: image.familiar, percent: $0) }
        )
    }
}
