import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

/// What each method asks for, and what it makes of the answer.
final class EndpointTests: XCTestCase {
    private typealias Call = @Sendable (EngineClient) async throws -> Void

    func testEveryMethodAsksForItsRoute() async throws {
        let table: [(want: String, answer: StubHTTPServer.Answer, call: Call)] = [
            (
                "GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D",
                .json("[]"), { _ = try await $0.listContainers(filters: .labels(["a": "b"])) }
            ),
            (
                "GET /v1.41/containers/json", .json("[]"),
                { _ = try await $0.listContainers(all: false) }
            ),
            (
                "POST /v1.41/containers/c/start", .response(204),
                { try await $0.startContainer("c") }
            ),
            (
                "POST /v1.41/containers/c/start", .response(304),
                { try await $0.startContainer("c") }
            ),
            ("POST /v1.41/containers/c/stop", .response(304), { try await $0.stopContainer("c") }),
            (
                "POST /v1.41/containers/c/stop?t=7", .response(204),
                { try await $0.stopContainer("c", grace: 7) }
            ),
            (
                "POST /v1.41/containers/c/kill?signal=SIGTERM", .response(204),
                { try await $0.killContainer("c", signal: "SIGTERM") }
            ),
            (
                "POST /v1.41/containers/c/rename?name=web-1.g7", .response(204),
                { try await $0.renameContainer("c", to: "web-1.g7") }
            ),
            (
                "DELETE /v1.41/containers/c?force=1&v=1", .response(204),
                { try await $0.removeContainer("c", force: true, volumes: true) }
            ),
            ("DELETE /v1.41/containers/c", .response(204), { try await $0.removeContainer("c") }),
            (
                "POST /v1.41/containers/c/update", .json(#"{"Warnings":["slow"]}"#),
                {
                    var body = ContainerUpdateBody()
                    body.restartPolicy = RestartPolicy(name: "no")
                    let warnings = try await $0.updateContainer("c", body)
                    XCTAssertEqual(warnings, ["slow"])
                }
            ),
            (
                "GET /v1.41/images/ghcr.io/a/b:1/json", .json(#"{"Id":"sha256:1"}"#),
                { _ = try await $0.inspectImage("ghcr.io/a/b:1") }
            ),
            ("GET /v1.41/images/json", .json("[]"), { _ = try await $0.listImages() }),
            (
                "POST /v1.41/images/a:1/tag?repo=b&tag=2", .response(201),
                { try await $0.tagImage("a:1", as: "b", tag: "2") }
            ),
            (
                "DELETE /v1.41/images/a:1?force=1", .json(#"[{"Untagged":"a:1"},{"Deleted":"x"}]"#),
                {
                    let removed = try await $0.removeImage("a:1", force: true)
                    XCTAssertEqual(removed.map(\.untagged), ["a:1", nil])
                }
            ),
            ("GET /v1.41/networks", .json("[]"), { _ = try await $0.listNetworks() }),
            (
                "GET /v1.41/networks/n", .json(#"{"Id":"1","Name":"n"}"#),
                { _ = try await $0.inspectNetwork("n") }
            ),
            ("DELETE /v1.41/networks/n", .response(204), { try await $0.removeNetwork("n") }),
            (
                "POST /v1.41/networks/n/connect", .response(200),
                { try await $0.connectNetwork("n", container: "c") }
            ),
            (
                "POST /v1.41/networks/n/disconnect", .response(200),
                { try await $0.disconnectNetwork("n", container: "c", force: true) }
            ),
            (
                "GET /v1.41/volumes", .json(#"{"Volumes":null}"#),
                { _ = try await $0.listVolumes() }
            ),
            (
                "GET /v1.41/volumes/v", .json(#"{"Name":"v"}"#),
                { _ = try await $0.inspectVolume("v") }
            ),
            (
                "POST /v1.41/volumes/create", .json(#"{"Name":"v"}"#, status: 201),
                { _ = try await $0.createVolume(VolumeCreateBody(name: "v")) }
            ),
            (
                "DELETE /v1.41/volumes/v?force=1", .response(204),
                { try await $0.removeVolume("v", force: true) }
            ),
            ("GET /v1.41/version", .json(#"{"Version":"27"}"#), { _ = try await $0.version() }),
            ("GET /v1.41/info", .json(#"{"ID":"x"}"#), { _ = try await $0.info() }),
        ]
        for (want, answer, call) in table {
            let engine = try StubEngine { _ in answer }
            try await call(engine.client)
            XCTAssertEqual(engine.asked, [want])
            engine.server.stop()
        }
    }

    func testASignalOnStopNeedsADaemonThatKnowsIt() async throws {
        let old = try StubEngine(api: "1.41") { _ in .response(204) }
        let error = await engineError { try await old.client.stopContainer("c", signal: "SIGINT") }
        XCTAssertEqual(error?.kind, .unsupportedVersion)
        XCTAssertEqual(old.asked, [])
        old.server.stop()

        let new = try StubEngine(api: "1.42") { _ in .response(204) }
        try await new.client.stopContainer("c", signal: "SIGINT")
        XCTAssertEqual(new.asked, ["POST /v1.42/containers/c/stop?signal=SIGINT"])
        new.server.stop()
    }

    func testCreateCarriesTheWholeBody() async throws {
        let engine = try StubEngine { _ in
            .json(#"{"Id":"abc","Warnings":["a"]}"#, status: 201)
        }
        let created = try await engine.client.createContainer(
            named: "prod-web-1",
            platform: "linux/amd64",
            Self.fullBody
        )
        XCTAssertEqual(created.id, "abc")
        XCTAssertEqual(created.warnings.count, 2)
        XCTAssertTrue(created.warnings.last?.contains("start interval") == true)
        XCTAssertEqual(
            engine.asked,
            ["POST /v1.41/containers/create?name=prod-web-1&platform=linux%2Famd64"]
        )
        XCTAssertEqual(engine.server.requests.last?.head.fields["Content-Type"], "application/json")
        let want = try JSONSerialization.jsonObject(with: Data(Self.fullJSON.utf8))
        XCTAssertEqual(engine.lastBody, want as? NSDictionary)
        engine.server.stop()
    }

    func testAnEmptyBodyLeavesEverythingToDocker() async throws {
        let engine = try StubEngine { _ in .json(#"{"Id":"abc","Warnings":null}"#, status: 201) }
        let created = try await engine.client.createContainer(named: "a", ContainerCreateBody())
        XCTAssertEqual(created.warnings, [])
        XCTAssertEqual(engine.lastBody, ["HostConfig": NSDictionary()])
        engine.server.stop()
    }

    func testErrorsOfACreateNameTheContainer() async throws {
        let engine = try StubEngine { _ in .json(#"{"message":"in use"}"#, status: 409) }
        let error = await engineError {
            _ = try await engine.client.createContainer(named: "prod-web-1", ContainerCreateBody())
        }
        XCTAssertEqual(error?.operation, "POST /containers/create (prod-web-1)")
        engine.server.stop()
    }

    func testCreateNetworkCarriesItsAddresses() async throws {
        let engine = try StubEngine { _ in .json(#"{"Id":"1","Warning":""}"#, status: 201) }
        _ = try await engine.client.createNetwork(
            NetworkCreateBody(
                name: "prod",
                options: ["com.docker.network.bridge.name": "br-prod"],
                ipam: NetworkIPAM(
                    config: [
                        AddressPool(
                            subnet: "172.30.0.0/24",
                            ipRange: "172.30.0.128/25",
                            gateway: "172.30.0.1"
                        )
                    ]
                ),
                labels: ["berth.environment": "prod"],
                hasIPv6: false
            )
        )
        let want: NSDictionary = [
            "Name": "prod", "Driver": "bridge", "CheckDuplicate": true, "EnableIPv6": false,
            "Options": ["com.docker.network.bridge.name": "br-prod"],
            "Labels": ["berth.environment": "prod"],
            "IPAM": [
                "Config": [
                    [
                        "Subnet": "172.30.0.0/24", "IPRange": "172.30.0.128/25",
                        "Gateway": "172.30.0.1",
                    ]
                ]
            ],
        ]
        XCTAssertEqual(engine.lastBody, want)
        engine.server.stop()
    }

    func testConnectCarriesItsPlace() async throws {
        let engine = try StubEngine { _ in .response(200) }
        var settings = EndpointSettings()
        settings.aliases = ["web"]
        settings.ipamConfig = EndpointIPAM(ipv4Address: "172.30.0.11")
        try await engine.client.connectNetwork("prod", container: "c", settings)
        let want: NSDictionary = [
            "Container": "c",
            "EndpointConfig": [
                "Aliases": ["web"], "IPAMConfig": ["IPv4Address": "172.30.0.11"],
            ],
        ]
        XCTAssertEqual(engine.lastBody, want)
        engine.server.stop()
    }
}
