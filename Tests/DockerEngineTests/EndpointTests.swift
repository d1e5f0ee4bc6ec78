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
            (
                "POST /v1.41/containers/c/stop?t=0", .response(304),
                { try await $0.stopContainer("c", grace: 0) }
            ),
            (
                "POST /v1.41/containers/c/stop?t=7", .response(204),
                { try await $0.stopContainer("c", grace: 7) }
            ),
            (
                "POST /v1.41/containers/c/rename?name=web-1.g7", .response(204),
                { try await $0.renameContainer("c", to: "web-1.g7") }
            ),
            (
                "DELETE /v1.41/containers/c?v=1", .response(204),
                { try await $0.removeContainer("c", volumes: true) }
            ),
            ("DELETE /v1.41/containers/c", .response(204), { try await $0.removeContainer("c") }),
            (
                "GET /v1.41/images/ghcr.io/a/b:1/json", .json(#"{"Id":"sha256:1"}"#),
                { _ = try await $0.inspectImage("ghcr.io/a/b:1") }
            ),
            ("GET /v1.41/networks", .json("[]"), { _ = try await $0.listNetworks() }),
            (
                "GET /v1.41/networks/n", .json(#"{"Id":"1","Name":"n"}"#),
                { _ = try await $0.inspectNetwork("n") }
            ),
            (
                "POST /v1.41/networks/n/connect", .response(200),
                { try await $0.connectNetwork("n", container: "c") }
            ),
            (
                "GET /v1.41/volumes", .json(#"{"Volumes":null}"#),
                { _ = try await $0.listVolumes() }
            ),
            (
                "POST /v1.41/volumes/create", .json(#"{"Name":"v"}"#, status: 201),
                { try await $0.createVolume(VolumeCreateBody(name: "v")) }
            ),
            ("GET /v1.41/version", .json(#"{"Version":"27"}"#), { _ = try await $0.version() }),
        ]
        for (want, answer, call) in table {
            let engine = try StubEngine { _ in answer }
            try await call(engine.client)
            XCTAssertEqual(engine.asked, [want])
            engine.server.stop()
        }
    }

    func testCreateCarriesTheWholeBody() async throws {
        let engine = try StubEngine(api: "1.48") { _ in
            .json(#"{"Id":"abc","Warnings":["a"]}"#, status: 201)
        }
        let created = try await engine.client.createContainer(
            named: "prod-web-1",
            platform: "linux/amd64",
            Self.fullBody
        )
        XCTAssertEqual(created.id, "abc")
        XCTAssertEqual(created.warnings, ["a"])
        XCTAssertEqual(
            engine.asked,
            ["POST /v1.48/containers/create?name=prod-web-1&platform=linux%2Famd64"]
        )
        XCTAssertEqual(engine.server.requests.last?.fields["Content-Type"], "application/json")
        let want = try JSONSerialization.jsonObject(with: Data(Self.fullJSON.utf8))
        XCTAssertEqual(engine.lastBody, want as? NSDictionary)
        engine.server.stop()
    }

    func testWhatTheDaemonWouldIgnoreIsRefused() async throws {
        let table: [(want: String, change: (inout ContainerCreateBody) -> Void)] = [
            ("API 1.43", { $0.hostConfig.annotations = ["a": "b"] }),
            (
                "API 1.44",
                { body in
                    body.config.healthcheck = HealthCheck()
                    body.config.healthcheck?.startInterval = 1
                }
            ),
            ("API 1.44", { $0.networks = ["a": EndpointSettings(), "b": EndpointSettings()] }),
            (
                "API 1.44",
                { body in
                    let options = MountSpec.BindOptions(readOnlyNonRecursive: true)
                    body.hostConfig.mounts = [
                        MountSpec(type: "bind", target: "/a", bindOptions: options)
                    ]
                }
            ),
            (
                "API 1.45",
                { body in
                    let options = MountSpec.VolumeOptions(subpath: "s")
                    body.hostConfig.mounts = [
                        MountSpec(type: "volume", target: "/a", volumeOptions: options)
                    ]
                }
            ),
            (
                "API 1.48",
                { body in
                    var endpoint = EndpointSettings()
                    endpoint.gwPriority = 1
                    body.networks = ["a": endpoint]
                }
            ),
        ]
        for (want, change) in table {
            let engine = try StubEngine { _ in .json(#"{"Id":"abc"}"#, status: 201) }
            var body = ContainerCreateBody()
            change(&body)
            let asked = body
            let error = await engineError {
                _ = try await engine.client.createContainer(named: "a", asked)
            }
            XCTAssertEqual(error?.kind, .unsupportedVersion, want)
            XCTAssertTrue(error?.description.contains(want) == true, "\(want): \(error as Any)")
            XCTAssertEqual(engine.asked, [])
            engine.server.stop()
        }
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
        try await engine.client.createNetwork(
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
                enableIPv6: false
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
