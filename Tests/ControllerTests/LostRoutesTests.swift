import Model
import Synchronization
import XCTest

@testable import Controller

final class LostRoutesTests: XCTestCase {
    private func routes(
        _ containers: [Container],
        _ services: [Service],
        hasTable: Bool = false,
        stopping: Set<String> = [],
        isSuspended: Bool = false
    ) -> [String: [String]] {
        let observation = Observation(
            state: ObservedState(containers: containers),
            preparations: [],
            hasTable: hasTable
        )
        let desired = Sample.desired(services) { $0.isSuspended = isSuspended }
        let routes = observation.lostRoutes(of: desired, stopping: stopping, at: Sample.now)
        return Dictionary(
            routes.map { ($0.name, $0.backends.map(\.container)) },
            uniquingKeysWith: { $1 }
        )
    }

    func testWhoServesAgainAfterTheTableWasLost() throws {
        let web = try Sample.service { $0.replicas = 2 }
        let old = try Sample.service("web", "0")
        let job = try Sample.service("job") { $0.isJob = true }
        func container(
            _ id: String,
            _ role: ContainerName.Role = .committed,
            slot: Int = 1,
            _ adjust: (inout Container) -> Void = { _ in }
        ) -> Container {
            Sample.container(web, slot: slot) { container in
                container.id = id
                container.name.role = role
                adjust(&container)
            }
        }
        let table: [(name: String, containers: [Container], want: [String: [String]])] = [
            ("both slots", [container("a"), container("b", slot: 2)], ["web": ["a", "b"]]),
            ("the version does not matter", [Sample.container(old)], ["web": ["web-1-0"]]),
            (
                "not the candidate",
                [container("a"), container("c", .candidate(generation: 2))], ["web": ["a"]]
            ),
            (
                "between two renames",
                [
                    container("a", .retired(generation: 1)),
                    container("c", .candidate(generation: 2)),
                ],
                ["web": ["a"]]
            ),
            ("who failed", [container("a", .failed(generation: 1))], [:]),
            ("who is down", [container("a") { $0.state = .exited(code: 0) }], [:]),
            (
                "better unhealthy than nobody",
                [container("a") { $0.health = .unhealthy }], ["web": ["a"]]
            ),
            ("a slot too many", [container("a", slot: 3)], [:]),
            ("a job", [Sample.container(job)], [:]),
            ("a service that is gone", [Sample.container(try Sample.service("gone"))], [:]),
            ("nobody", [], [:]),
        ]
        for (name, containers, want) in table {
            XCTAssertEqual(routes(containers, [web, job]), want, name)
        }
        let one = [container("a")]
        XCTAssertEqual(routes(one, [web], hasTable: true), [:], "empty chains are no lost ones")
        XCTAssertEqual(routes(one, [web], stopping: ["a"]), [:], "it is about to go")
        XCTAssertEqual(routes(one, [web], isSuspended: true), ["web": ["a"]])
    }

    func testWhoRunsServesBeforeARegistryIsAsked() async throws {
        let service = try Sample.service { $0.pullPolicy = .always }
        let scene = try LoopScene(Sample.desired([service]))
        scene.host.add(Sample.container(service))
        scene.host.change { state in
            state.serving = [:]
            state.hasTable = false
        }
        scene.tags.state.withLock { $0.isSilent = true }
        try await scene.run {
            try await scene.pass(until: "it serves") { $0.serving["web"]?.count == 1 }
            scene.tags.state.withLock { $0.isSilent = false }
            try await scene.look()
        }
        let said = scene.lines.all.filter { $0.contains("restored routes to 1 running container") }
        XCTAssertEqual(said.count, 1, "\(said)")
    }
}
