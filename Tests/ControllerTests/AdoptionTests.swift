import DockerEngine
import Foundation
import Model
import TestSupport
import XCTest

@testable import Controller

/// Which slots containers of an adopted project are in, and which of them are left alone.
final class AdoptionTests: XCTestCase {
    func testWhichSlotsTheyTake() throws {
        let rows: [(name: String, numbers: [Int], own: [Int], replicas: Int, slots: [Int])] = [
            ("as they are numbered", [1, 2], [], 2, [1, 2]),
            ("in any order", [2, 1], [], 2, [2, 1]),
            ("a gap", [2], [], 1, [1]),
            ("two gaps", [3, 5], [], 2, [1, 2]),
            ("more than are wanted", [1, 2, 3], [], 2, [1, 2, 3]),
            ("one keeps its number", [2, 5], [], 2, [2, 1]),
            ("the first one was replaced", [5], [1], 2, [2]),
            ("all were replaced", [3], [1, 2], 2, [3]),
            ("none is wanted", [1], [], 0, [1]),
        ]
        for (name, numbers, own, replicas, slots) in rows {
            let adoption = try adoption(of: numbers, besides: own, replicas: replicas)
            let found = numbers.map { number in
                adoption.incumbents.first { $0.summary.id == Self.id(number) }?.container.slot ?? 0
            }
            XCTAssertEqual(found, slots, name)
        }
    }

    func testWhatIsLeftAlone() throws {
        let rows: [(name: String, labels: [String: String], isLeft: Bool)] = [
            ("a container of the service", [:], false),
            ("of another service", ["com.docker.compose.service": "cron"], true),
            ("of one run", ["com.docker.compose.oneoff": "True"], true),
            ("without a number", ["com.docker.compose.container-number": "x"], true),
            ("with number 0", ["com.docker.compose.container-number": "0"], true),
        ]
        for (name, labels, isLeft) in rows {
            let summary = try Self.summary(1, labels)
            let adoption = Adoption(
                of: [summary],
                besides: [],
                by: try Self.desired(replicas: 1),
                in: Self.layout
            )
            XCTAssertEqual(adoption.bystanders.count, isLeft ? 1 : 0, name)
            XCTAssertEqual(adoption.incumbents.count, isLeft ? 0 : 1, name)
        }
    }

    private func adoption(of numbers: [Int], besides own: [Int], replicas: Int) throws -> Adoption {
        let service = try Sample.service("db")
        let containers = own.map { Sample.container(service, slot: $0) }
        return Adoption(
            of: try numbers.map { try Self.summary($0, [:]) },
            besides: containers,
            by: try Self.desired(replicas: replicas),
            in: Self.layout
        )
    }

    private static func id(_ number: Int) -> String { "\(number)".padding(toLength: 64) }

    private static let layout = HostLayout(stateDirectory: "/nonexistent")

    private static func desired(replicas: Int) throws -> DesiredState {
        let service = try Sample.service("db") { $0.replicas = replicas }
        return Sample.desired([service]) { $0.adoptedProject = "shop" }
    }

    private static func summary(
        _ number: Int,
        _ more: [String: String]
    ) throws -> ContainerSummary {
        let labels = [
            "com.docker.compose.project": "shop", "com.docker.compose.service": "db",
            "com.docker.compose.oneoff": "False",
            "com.docker.compose.container-number": "\(number)",
        ].merging(more) { $1 }
        let json: [String: Any] = [
            "Id": id(number), "Names": ["/shop_db_\(number)"], "Image": "db:1", "ImageID": "x",
            "State": "running", "Status": "Up 2 minutes", "Labels": labels,
        ]
        let data = try JSONSerialization.data(withJSONObject: json)
        return try JSONDecoder.engine.decode(ContainerSummary.self, from: data)
    }
}

extension String {
    fileprivate func padding(toLength length: Int) -> String {
        padding(toLength: length, withPad: "0", startingAt: 0)
    }
}
