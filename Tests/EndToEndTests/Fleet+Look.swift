import Foundation
import TestSupport
import XCTest

/// What tests of failures do and look at.
extension Fleet {
    /// The names of the service's containers with a role, `g`, `old`, `off` or `bad`, sorted.
    func containers(_ role: String) async throws -> [String] {
        try await world.containers().filter { $0.contains(".\(role)") }
    }

    /// Waits for a container with that role and returns its name.
    func awaitContainer(_ role: String) async throws -> String {
        var names: [String] = []
        try await eventually("a .\(role) is there") {
            names = try await containers(role)
            return !names.isEmpty
        }
        return names[0]
    }

    /// Docker's word for a field of a container, as `{{.State.StartedAt}}`.
    func inspect(_ container: String, _ format: String) async throws -> String {
        try await world.docker("inspect", "--format", format, container)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Which process a container is and since when: the same words only if nobody touched it.
    func life(of container: String = "prod-web-1") async throws -> String {
        try await inspect(container, "{{.Id}} {{.State.StartedAt}}")
    }

    /// What answers at the service's port of the host; nil if nobody does.
    func answer(port: Int = 18080) async throws -> String? {
        try await world.get("http://127.0.0.1:\(port)/version")
    }

    /// Waits until a version answers, be it that it is only watched yet.
    func answers(_ version: String) async throws {
        try await eventually("\(version) answers") { try await answer() == version }
    }

    /// Promotes 1.1.0, and returns when it answers while it is still watched.
    func promote(watchedFor monitor: String) async throws {
        try commit("Promote", ServiceText(version: "1.1.0", replicas: 1, monitor: monitor))
        try await answers("web 1.1.0")
    }

    /// A release failed and is told of by every command, and what ran before serves.
    func assertFailed(
        _ version: String,
        serving old: String = "1.0.0",
        ready: Int = 1,
        because reasons: String...,
        line: UInt = #line
    ) async throws {
        var row: ServiceRow?
        do {
            try await eventually("status says that \(version) failed") {
                row = try await status()
                // The container says that it failed a moment before the history says why.
                let message = row?.message ?? ""
                return row?.state == "failed" && row?.wanted == version
                    && reasons.contains(where: message.contains)
            }
        } catch {
            throw Missing("\(error): \(row as Any)")
        }
        XCTAssertEqual(row?.serving, [old], version, line: line)
        XCTAssertEqual(row?.ready, ready, version, line: line)
        let codes = [try await berth("status").code, try await berth("plan").code]
        XCTAssertEqual(codes, [1, 1], "\(version): status and plan", line: line)
        let answer = try await answer()
        XCTAssertEqual(answer, "web \(old)", version, line: line)
    }

    /// Nothing but these containers is left, and no address of another is in the table.
    func assertLeft(_ names: String..., line: UInt = #line) async throws {
        let left = try await world.containers()
        XCTAssertEqual(left, names, line: line)
        let drift = try await berth("drift")
        XCTAssertEqual(drift.code, 0, "\(drift)", line: line)
    }
}
