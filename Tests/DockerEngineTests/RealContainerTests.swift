import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

final class RealContainerTests: RealDockerTestCase {
    func testAContainersLife() async throws {
        try await withDocker { docker, engine in
            let created = try await engine.createContainer(
                named: "web.g1",
                self.shell(self.untilTerm)
            )
            XCTAssertEqual(created.warnings, [])
            let again = await engineError {
                _ = try await engine.createContainer(named: "web.g1", self.shell("true"))
            }
            XCTAssertEqual(again?.kind, .conflict)

            var details = try await engine.inspectContainer("web.g1")
            XCTAssertEqual(details.id, created.id)
            XCTAssertEqual(details.state.status, .created)
            XCTAssertNil(details.state.startedAt)
            XCTAssertNotNil(details.created)

            try await engine.startContainer(created.id)
            try await engine.startContainer(created.id)
            details = try await engine.inspectContainer(created.id)
            XCTAssertTrue(details.state.running)
            XCTAssertNotNil(details.state.startedAt)
            XCTAssertNil(details.state.finishedAt)

            try await engine.renameContainer(created.id, to: "web")
            let same = await engineError { try await engine.renameContainer("web", to: "web") }
            XCTAssertEqual(same?.kind, .badParameter)

            let listed = try await engine.listContainers(
                filters: .labels(["berth.environment": "test"])
            )
            XCTAssertEqual(listed.map(\.name), ["web"])
            XCTAssertEqual(listed.first?.state, .running)
            XCTAssertEqual(listed.first?.health, HealthStatus.none)
            XCTAssertNil(listed.first?.exitCode)
            let others = try await engine.listContainers(
                filters: .labels(["berth.environment": "x"])
            )
            XCTAssertEqual(others.count, 0)

            let busy = await engineError { try await engine.removeContainer("web") }
            XCTAssertEqual(busy?.kind, .conflict)

            try await eventually("it has printed") {
                let log = try? await docker.call("GET", "/containers/web/logs?stdout=1").body
                return log?.suffix(3) == Array("up\n".utf8)[...]
            }
            try await engine.stopContainer("web", grace: 1)
            try await engine.stopContainer("web", grace: 1)
            let stopped = try await engine.listContainers().first
            XCTAssertEqual(stopped?.state, .exited)
            XCTAssertEqual(stopped?.exitCode, 3)
            try await engine.removeContainer("web", volumes: true)
            let gone = await engineError { _ = try await engine.inspectContainer("web") }
            XCTAssertEqual(gone?.kind, .notFound)
        }
    }

    func testHealthIsSeenEverywhere() async throws {
        try await withDocker { _, engine in
            var body = self.shell("while :; do sleep 0.1; done")
            var check = HealthCheck()
            check.test = ["CMD", "test", "-e", "/tmp/ok"]
            check.interval = 200_000_000
            check.retries = 1
            body.config.healthcheck = check
            let events = try await engine.events(filters: ["type": ["container"]])
            let id = try await engine.createContainer(named: "sick", body).id
            try await engine.startContainer(id)
            let starting = try await engine.listContainers().first?.health
            XCTAssertTrue([.starting, .unhealthy].contains(starting), "\(starting as Any)")
            for try await event in events
            where event.action?.hasPrefix("health_status: ") == true {
                XCTAssertEqual(event.action, "health_status: unhealthy")
                XCTAssertEqual(event.actorID, id)
                XCTAssertEqual(event.attributes["name"], "sick")
                XCTAssertEqual(event.attributes["berth.environment"], "test")
                break
            }
            let listed = try await engine.listContainers().first?.health
            XCTAssertEqual(listed, .unhealthy)
            let health = try await engine.inspectContainer(id).state.health
            XCTAssertEqual(health?.status, .unhealthy)
        }
    }

    func testTheFullBodyIsTakenAndGivenBack() async throws {
        try await withDocker { _, engine in
            var body = EndpointTests.fullBody
            body.config.image = "app:1"
            body.config.healthcheck?.startInterval = nil
            body.networks = [:]
            // What this host's kernel, or its lack of the device, would refuse.
            body.hostConfig.devices = []
            body.hostConfig.oomKillDisable = nil
            body.hostConfig.memory = 64 * 1024 * 1024
            body.hostConfig.memoryReservation = 32 * 1024 * 1024
            body.hostConfig.cpuQuota = nil
            body.hostConfig.cpuPeriod = nil
            body.hostConfig.nanoCpus = 500_000_000
            body.hostConfig.networkMode = "none"
            body.hostConfig.usernsMode = ""
            body.hostConfig.cgroupParent = nil
            body.hostConfig.binds = nil
            body.config.volumes = nil
            body.hostConfig.mounts?[0].bindOptions = nil
            // Older daemons do not know these.
            body.hostConfig.mounts?[1].volumeOptions = .init(noCopy: true)
            body.hostConfig.annotations = nil
            body.hostConfig.memorySwappiness = nil
            let created = try await engine.createContainer(named: "full", body)
            XCTAssertEqual(created.warnings, [])
            let details = try await engine.inspectContainer(created.id)
            XCTAssertEqual(details.config, body.config)
            var host = details.hostConfig
            let want = body.hostConfig
            XCTAssertEqual(host.mounts, want.mounts)
            host.mounts = want.mounts
            XCTAssertEqual(host.memory, want.memory)
            XCTAssertEqual(host.nanoCpus, want.nanoCpus)
            XCTAssertEqual(host.portBindings, want.portBindings)
            XCTAssertEqual(host.restartPolicy, want.restartPolicy)
            XCTAssertEqual(host.ulimits, want.ulimits)
            XCTAssertEqual(host.logConfig, want.logConfig)
            XCTAssertEqual(host.isInit, true)
            XCTAssertEqual(host.capDrop, want.capDrop)
            XCTAssertEqual(host.extraHosts, want.extraHosts)
            XCTAssertEqual(host.sysctls, want.sysctls)
            XCTAssertEqual(host.pidsLimit, want.pidsLimit)
        }
    }
}
