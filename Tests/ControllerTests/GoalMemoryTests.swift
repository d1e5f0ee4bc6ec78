import Model
import XCTest

@testable import Controller

final class GoalMemoryTests: XCTestCase {
    func testWhatItIsMadeOfMakesAnotherGoal() throws {
        let memory = GoalCache()
        let service = try Sample.service()
        let (image, file) = (Sample.digest("1"), Sample.digest("file"))
        let other = try Sample.service { $0.container.user = "nobody" }
        let rows = [
            (service, image, [:]), (service, image, [:]), (service, Sample.digest("2"), [:]),
            (service, image, ["/etc/key": file]), (other, image, [:]), (service, image, [:]),
        ]
        for (service, image, files) in rows {
            XCTAssertEqual(
                memory.goal(of: service, image: image, files: files),
                Goal(service, image: image, hostFiles: files)
            )
        }
        memory.keep([])
        XCTAssertEqual(
            memory.goal(of: service, image: image, files: [:]),
            Goal(service, image: image)
        )
    }
}
