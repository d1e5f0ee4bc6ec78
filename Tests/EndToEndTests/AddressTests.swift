import Foundation
import TestSupport
import XCTest

/// Docker gives addresses away as soon as they are free, to whoever asks.
final class AddressTests: EndToEndTestCase {
    /// Somebody else's container gets the address of one that was removed, at once.
    func testAddressOfARemovedContainerIsReused() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.load(Self.stranger)
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let old = try await promised(to: "prod-web-1", in: fleet)
                // The repair takes the same address if it comes first.
                controller.signal(SIGSTOP)
                defer { controller.signal(SIGCONT) }
                try await world.docker("rm", "-f", "prod-web-1")
                try await runStranger(at: old, in: fleet)
                controller.signal(SIGCONT)
                try await settled(fleet, on: "web 1.0.0")
                try await assertApart(from: old, in: fleet)
            }
        }
    }

    /// The candidate was made with an address that another takes before it is started.
    func testAddressIsTakenBeforeTheStart() async throws {
        try await withWeb { fleet in
            try await fleet.world.load(Self.stranger)
            let gate = Gate()
            try await withFaults(fleet) { line in
                line.contains("/start ") ? .hold(gate) : nil
            } during: { controller, proxy in
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await eventually("the start is on its way") { !proxy.spoiled.isEmpty }
                    let candidate = try await fleet.awaitContainer("g")
                    let taken = try await promised(to: candidate, in: fleet)
                    try await runStranger(at: taken, in: fleet)
                    gate.open()
                    try await settled(fleet, on: "web 1.1.0")
                    try await assertApart(from: taken, in: fleet)
                }
                XCTAssertEqual(controller.lines("1.1.0 failed").map(\.message), [])
            }
        }
    }

    private static let stranger = TestImage(name: "stranger", version: "0")

    private struct Place: Equatable {
        var network: String
        var address: String
    }

    /// Where a container is, or will be once it is started.
    private func promised(to container: String, in fleet: Fleet) async throws -> Place {
        let format =
            "{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAMConfig.IPv4Address}}{{end}}"
        let words = try await fleet.inspect(container, format).split(separator: " ")
        guard words.count == 2 else { throw Missing("\(container) has \(words)") }
        return Place(network: String(words[0]), address: String(words[1]))
    }

    private func runStranger(at place: Place, in fleet: Fleet) async throws {
        try await fleet.world.docker(
            "run",
            "-d",
            "--name",
            "stranger",
            "--network",
            place.network,
            "--ip",
            place.address,
            Self.stranger.reference
        )
    }

    /// The service has another address, and nobody is sent to the stranger, which runs on.
    private func assertApart(from place: Place, in fleet: Fleet) async throws {
        let now = try await promised(to: "prod-web-1", in: fleet)
        XCTAssertNotEqual(now, place)
        let rules = try await fleet.world.rules()
        XCTAssertFalse(rules.contains("dnat to \(place.address):"), rules)
        let strangers = try await fleet.world.containers("name=stranger")
        XCTAssertEqual(strangers, ["stranger"], "it is nobody's but its owner's")
    }
}
