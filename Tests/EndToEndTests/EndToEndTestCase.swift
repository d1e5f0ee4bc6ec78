import Addresses
import Foundation
import Load
import Platform
import Synchronization
import TestSupport
import XCTest

/// A case on real parts: dockerd, registry, git, nft and the program itself.
class EndToEndTestCase: XCTestCase {
    /// Counts aloud after each class; the last count is that of the whole run.
    override class func tearDown() {
        super.tearDown()
        let engine = TestEngine.chosen.name
        print("end-to-end: \(casesThatRan) cases ran on real parts, engine \(engine)")
    }

    private static let count = Mutex(0)

    /// How many cases have run so far.
    static var casesThatRan: Int { count.withLock { $0 } }

    override func setUpWithError() throws {
        try World.requireParts()
    }

    /// Runs a case in a world without anything of Berth's, and clears it afterwards.
    func withFleet(_ body: (Fleet) async throws -> Void) async throws {
        let world = try await World.shared()
        try await world.clear()
        Self.count.withLock { $0 += 1 }
        try await body(try Fleet(world))
        try await world.clear()
    }

    /// Runs a case with the service `web`, one replica, described at 1.0.0; 1.1.0 can be pulled, too.
    func withWeb(and more: TestImage..., body: (Fleet) async throws -> Void) async throws {
        try await withFleet { fleet in
            let releases = ["1.0.0", "1.1.0"].map { TestImage(name: "web", version: $0) }
            for image in releases + more { try await fleet.world.push(image) }
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try await body(fleet)
        }
    }

    /// Runs a controller as long as the body runs; what it said and what is left is shown if the
    /// body throws.
    func withController(
        _ fleet: Fleet,
        repository: String? = nil,
        more: [String] = [],
        environment: [String: String] = [:],
        _ body: (Controller) async throws -> Void
    ) async throws {
        let controller = try await Controller(
            fleet,
            repository: repository,
            more: more,
            environment: environment
        )
        defer { controller.end() }
        do {
            try await body(controller)
        } catch {
            let form = "{{.Names}} {{.Status}}"
            let containers = try? await fleet.world.docker("ps", "-a", "--format", form)
            throw Missing(
                "\(error)\n--- the controller's log:\n\(controller.story)"
                    + "\n--- the containers:\n\(containers ?? "not told")"
            )
        }
    }

    /// Runs a case on a daemon that leaves its containers running when it ends, or ends them, whichever
    /// the other cases' daemon does; the body starts it again with the same options.
    func withDaemon(
        _ docker: PrivateDocker,
        keepingContainers keeps: Bool,
        _ body: (PrivateDocker.Options) async throws -> Void
    ) async throws {
        var options = docker.options
        guard options.keepsContainersRunning != keeps else { return try await body(options) }
        options.keepsContainersRunning = keeps
        docker.end(.politely)
        try await docker.launch(options)
        let result = await Result { try await body(options) }
        try await docker.restart(.politely)
        try result.get()
    }

    /// Applies what is described, and then runs a controller whose calls to Docker go through a
    /// proxy that spoils some.
    func withFaults(
        _ fleet: Fleet,
        fault: @escaping @Sendable (String) -> FaultyProxy.Fault?,
        during body: (Controller, FaultyProxy) async throws -> Void
    ) async throws {
        let first = try await fleet.berth("apply")
        XCTAssertEqual(first.code, 0, "\(first)")
        let proxy = try FaultyProxy(to: fleet.world.docker.socketPath, fault: fault)
        defer { proxy.stop() }
        try await withController(fleet, more: ["--engine", "unix://\(proxy.path)"]) { controller in
            try await body(controller, proxy)
        }
    }

    /// Waits until a version answers at a port of the host and nothing is left to do.
    func settled(_ fleet: Fleet, on version: String? = nil, port: Int = 18080) async throws {
        if let version {
            do {
                try await eventually("\(version) answers") {
                    try await fleet.world.get("http://127.0.0.1:\(port)/version") == version
                }
            } catch {
                let views = (try await fleet.berth("status"), try await fleet.berth("plan"))
                throw Missing("\(error)\n\(views.0)\n\(views.1)")
            }
        }
        var last = ""
        do {
            try await eventually("nothing is left to do", within: .seconds(60)) {
                let plan = try await fleet.berth("plan")
                last = "\(plan)"
                guard plan.code < 128 else { throw Missing("plan crashed") }
                return plan.code == 0
            }
        } catch {
            throw Missing("\(error): \(last)")
        }
    }

    /// Keeps a port of the host under load from three sides, and fails for every failed connection.
    func underLoad(
        _ fleet: Fleet,
        port: UInt16 = 18080,
        _ body: () async throws -> Void
    ) async throws {
        let targets = try threeSides(of: fleet, port: port)
        _ = try await underLoad(targets, pause: .milliseconds(2), body)
    }

    /// Keeps a port of the host under load from three sides while something happens that nobody
    /// could hide, and fails if one connection after the other fails for longer than `limit`.
    func underLoad(
        _ fleet: Fleet,
        port: UInt16 = 18080,
        outagesWithin limit: Duration,
        _ body: () async throws -> Void
    ) async throws {
        let targets = try threeSides(of: fleet, port: port)
        _ = try await underLoad(targets, pause: .milliseconds(2), body) { name, report in
            let told = "\(report.failed) failed from \(name), for \(report.longestOutage) in a row"
            print(told)
            XCTAssertLessThan(report.longestOutage, limit, "\(told): \(report.failures)")
        }
    }

    /// The host itself, by both of its addresses, and the machine beside it.
    private func threeSides(of fleet: Fleet, port: UInt16) throws -> [Target] {
        let host = fleet.world.docker.namespace
        let client = fleet.world.client
        let address = try XCTUnwrap(IPv4Address(World.hostAddress))
        return [
            Target("loopback", from: host, to: .loopback, port: port, path: "/version"),
            Target("host address", from: host, to: address, port: port, path: "/version"),
            Target("client", from: client, to: address, port: port, path: "/version"),
        ]
    }

    /// Keeps targets under load while the body runs, and judges what came of each.
    func underLoad(
        _ targets: [Target],
        pause: Duration,
        _ body: () async throws -> Void,
        judge: (_ name: String, _ report: Report) -> Void = loseNothing
    ) async throws -> [String: Report] {
        let load = LoadGenerator(targets, pause: pause)
        let result = await Result { try await body() }
        let reports = await load.stop()
        for target in targets {
            let report = reports[target.name] ?? Report()
            judge(target.name, report)
            XCTAssertGreaterThan(report.succeeded, 0, target.name)
        }
        try result.get()
        return reports
    }
}

/// Fails for every failed request.
private func loseNothing(_ name: String, _ report: Report) {
    let times = report.incidents.map { "\($0.time.ISO8601Format()) \($0.reason)" }
    XCTAssertEqual(report.failures, [:], "\(name) \(times)")
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
