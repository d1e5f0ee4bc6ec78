import Model
import XCTest

@testable import Controller

/// What a service mounts, and what stands against it.
final class MountTests: XCTestCase {
    private func desired(_ mounts: [Mount], _ volumes: [Model.Volume] = []) throws -> DesiredState {
        let service = try Sample.service("web") { $0.container.mounts = mounts }
        return Sample.desired([service]) { desired in
            desired.volumes = Dictionary(volumes.map { ($0.key, $0) }) { $1 }
        }
    }

    private func data() -> Mount {
        Mount(.volume(key: "data", options: VolumeOptions()), target: "/d")
    }

    /// What a service would write to, another container writes to: it stays as it is, and that is
    /// told once, and once more when it is over.
    func testAServiceWithAConflictStaysAsItIs() async throws {
        let state = try desired([data()])
        let service = try XCTUnwrap(state.services.first)
        let scene = try LoopScene(state)
        let claims = state.claims(of: service)
        let rival = Writer(
            id: "1",
            container: "old_db",
            owner: .others(project: nil),
            claims: claims
        )
        let conflicts = [rival].conflicts(with: claims, of: "web")
        scene.host.change { $0.writeConflicts = ["web": conflicts] }
        try await scene.run {
            try await scene.look(times: 5)
            XCTAssertEqual(scene.host.now.calls, [])
            let told = scene.lines.count("is written to by the container old_db")
            XCTAssertEqual(told, 1, "\(scene.lines.all)")
            XCTAssertEqual(scene.lines.count("cannot resolve"), 0)
            scene.host.change { $0.writeConflicts = [:] }
            try await scene.pass(until: "it is created") { state in
                state.calls.contains { $0.hasPrefix("create web/1") }
            }
        }
        XCTAssertEqual(scene.lines.count("no other container writes to"), 1)
    }
}
