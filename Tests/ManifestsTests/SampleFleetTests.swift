import Manifests
import Model
import XCTest

final class SampleFleetTests: XCTestCase {
    func testTheSampleFleetIsValid() throws {
        let fleet = try SampleFleet.own()
        XCTAssertEqual(fleet.environmentNames, ["dev", "prod", "staging"])
        XCTAssertEqual(fleet.validate().map(\.description), [])
    }

    func testProduction() throws {
        let state = try SampleFleet.own().prod()
        XCTAssertEqual(
            state.services.map(\.name),
            ["nextjs-ui-dashboard", "python-ai-service", "rust-core-engine"]
        )
        let engine = try XCTUnwrap(state.service(named: "rust-core-engine"))
        XCTAssertEqual(engine.image.canonical, "localhost:5000/rust-core-engine:1.0.0")
        XCTAssertEqual(engine.version, "1.0.0")
        XCTAssertEqual(engine.replicas, 2)
        XCTAssertEqual(engine.pullPolicy, .missing)
        XCTAssertEqual(engine.ports, [PublishedPort(target: ContainerPort(8080), published: 8080)])
        XCTAssertEqual(engine.container.environment, ["LOG_LEVEL": "warn", "PORT": "8080"])
        XCTAssertEqual(engine.container.healthCheck?.test, ["CMD", "/app/healthcheck"])
        XCTAssertEqual(engine.container.healthCheck?.interval, .seconds(1))
        XCTAssertEqual(engine.container.restart, .unlessStopped)
        XCTAssertEqual(engine.container.stopGracePeriod, .seconds(20))
        XCTAssertEqual(engine.container.resources.nanoCPUs, 1_000_000_000)
        XCTAssertEqual(engine.container.resources.memory, 256 << 20)
        XCTAssertEqual(engine.update, UpdatePolicy(monitor: .seconds(3)))
        XCTAssertEqual(engine.rollback, .rollback)
        XCTAssertEqual(engine.readiness.startTimeout, .seconds(60))
        XCTAssertEqual(
            engine.readiness.probe,
            .http(path: "/health", port: 8080, status: 200...399)
        )
        XCTAssertEqual(engine.origins["version"]?.file, "environments/prod.yaml")
        XCTAssertEqual(engine.origins["image"]?.file, "manifests/rust-core-engine.yaml")
        let dashboard = try XCTUnwrap(state.service(named: "nextjs-ui-dashboard"))
        XCTAssertEqual(dashboard.image.canonical, "localhost:5000/nextjs-ui-dashboard:1.0.0")
        XCTAssertEqual(dashboard.container.environment["NODE_ENV"], "production")
        XCTAssertEqual(
            Set(dashboard.dependencies.map(\.service)),
            ["rust-core-engine", "python-ai-service"]
        )
    }
}
