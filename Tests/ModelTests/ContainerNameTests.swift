import Model
import XCTest

final class ContainerNameTests: XCTestCase {
    func testEveryRoleComesBackFromItsName() {
        let roles: [(role: ContainerName.Role, text: String)] = [
            (.committed, "prod-web-1"),
            (.candidate(generation: 1), "prod-web-1.g1"),
            (.candidate(generation: 70), "prod-web-1.g70"),
            (.retired(generation: 7), "prod-web-1.old7"),
            (.failed(generation: 123_456), "prod-web-1.bad123456"),
        ]
        for (role, text) in roles {
            let name = ContainerName(base: "prod-web-1", role: role)
            XCTAssertEqual(name.description, text)
            XCTAssertEqual(ContainerName(text, base: "prod-web-1"), name, text)
        }
    }

    func testNamesOfOtherContainersAreNotRead() {
        let foreign = [
            "", "prod-web", "prod-web-2", "prod-web-10", "prod-web-1.", "prod-web-1.g",
            "prod-web-1.gx", "prod-web-1.old", "prod-web-1.g7x", "prod-web-1-g7", "x-prod-web-1",
            "prod-web-1.new7",
        ]
        for text in foreign {
            XCTAssertNil(ContainerName(text, base: "prod-web-1"), text)
        }
    }

    func testBaseNamesEnvironmentServiceAndSlot() {
        XCTAssertEqual(
            ContainerName.base(environment: "prod", service: "web", slot: 3),
            "prod-web-3"
        )
    }
}
