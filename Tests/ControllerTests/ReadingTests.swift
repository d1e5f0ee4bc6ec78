import Addresses
import Digests
import DockerEngine
import Foundation
import Model
import Planning
import TestSupport
import XCTest

@testable import Controller

final class ReadingTests: XCTestCase {
    private let labels = [
        "berth.environment": "prod", "berth.service": "web", "berth.slot": "2",
        "berth.spec": Sample.digest("spec").description, "berth.version": "1",
        "berth.revision": "abc", "berth.generation": "7", "berth.name": "prod-web-2",
        "berth.image": "registry.example/web:1@\(Sample.digest("1"))",
        "berth.network": "prod_default",
    ]

    private func summary(
        name: String = "/prod-web-2",
        labels: [String: String],
        state: String = "running",
        status: String = "Up 2 minutes (healthy)",
        networks: String = #"{"prod_default": {"IPAddress": "172.30.0.5"}}"#
    ) throws -> ContainerSummary {
        let labels = String(decoding: try JSONEncoder().encode(labels), as: UTF8.self)
        let json = """
            {"Id": "c0ffee", "Names": ["\(name)"], "Created": 1700000000, "State": "\(state)",
             "Status": "\(status)", "Labels": \(labels),
             "NetworkSettings": {"Networks": \(networks)}}
            """
        return try JSONDecoder.engine.decode(ContainerSummary.self, from: Data(json.utf8))
    }

    func testAListEntry() throws {
        let container = try XCTUnwrap(
            ContainerReading.container(try summary(name: "/prod-web-2.g7", labels: labels))
        )
        XCTAssertEqual(container.id, "c0ffee")
        XCTAssertEqual(container.name.role, .candidate(generation: 7))
        XCTAssertEqual(container.service, "web")
        XCTAssertEqual(container.slot, 2)
        XCTAssertEqual(container.spec, Sample.digest("spec"))
        XCTAssertEqual(container.generation, 7)
        XCTAssertEqual(container.version, "1")
        XCTAssertEqual(container.image.digest, Sample.digest("1"))
        XCTAssertEqual(container.image.tag, "1")
        XCTAssertEqual(container.state, .running)
        XCTAssertEqual(container.health, .healthy)
        XCTAssertEqual(container.created.milliseconds, 1_700_000_000_000)
        XCTAssertEqual(container.address, IPv4Address("172.30.0.5"))
    }

    func testStates() throws {
        let table: [(state: String, status: String, want: Container.State, Container.Health)] = [
            ("created", "Created", .created, .none),
            ("running", "Up 2 minutes", .running, .none),
            ("running", "Up 2 seconds (health: starting)", .running, .starting),
            ("running", "Up 2 minutes (unhealthy)", .running, .unhealthy),
            ("paused", "Up 2 minutes (Paused)", .paused, .none),
            ("restarting", "Restarting (1) 3 seconds ago", .restarting, .none),
            ("exited", "Exited (137) 3 seconds ago", .exited(code: 137), .none),
            ("exited", "Exited (0) 3 seconds ago", .exited(code: 0), .none),
            ("dead", "Dead", .dead, .none),
            ("removing", "Removal In Progress", .dead, .none),
        ]
        for (state, status, want, health) in table {
            let container = ContainerReading.container(
                try summary(labels: labels, state: state, status: status)
            )
            XCTAssertEqual(container?.state, want, status)
            XCTAssertEqual(container?.health, health, status)
        }
    }

    func testAContainerWhoseLabelsAreNotCompleteIsNotOurs() throws {
        let needed = [
            "berth.service", "berth.slot", "berth.spec", "berth.generation", "berth.name",
            "berth.image",
        ]
        let words: Set = ["berth.service", "berth.name"]
        for label in needed {
            for value in [nil, "?!"] where !(value != nil && words.contains(label)) {
                var labels = labels
                labels[label] = value
                let text = "\(label) = \(value ?? "nothing")"
                XCTAssertNil(ContainerReading.container(try summary(labels: labels)), text)
            }
        }
    }

    /// Labels can be copied to any container; with a name that is one of Berth's, there is one.
    func testLabelsThatDoNotGoWithTheName() throws {
        let rows: [(name: String, change: [String: String], isOurs: Bool)] = [
            ("prod-web-2", [:], true), ("prod-web-2.g7", [:], true),
            ("prod-web-2.old6", [:], true), ("prod-web-2.bad9", [:], true),
            ("somebody-elses", [:], false), ("prod-web-2-copy", [:], false),
            ("prod-web-2.g+7", [:], false), ("prod-web-2.g07", [:], false),
            ("prod-web-2.g99999999999999999999", [:], false),
            ("prod-web-2", ["berth.slot": "0"], false),
            ("prod-web-2", ["berth.slot": "-2"], false),
            ("prod-web-2", ["berth.slot": "3"], false),
            ("prod-web-2", ["berth.service": "api"], false),
            ("prod-web-2", ["berth.environment": "dev"], false),
            ("prod-web-2", ["berth.generation": "-1"], false),
            ("prod-web-2", ["berth.generation": "\(Int.max)"], false),
            ("prod-web-99999999", ["berth.slot": "99999999"], false),
            ("shop", ["berth.name": "shop"], false),
            ("shop", ["berth.name": "shop", "berth.slot": "1"], true),
            ("shop.old3", ["berth.name": "shop", "berth.slot": "1"], true),
        ]
        for (name, change, isOurs) in rows {
            var changed = labels.merging(change) { $1 }
            if name.hasPrefix("prod-web-9") { changed["berth.name"] = name }
            let read = ContainerReading.container(try summary(name: "/\(name)", labels: changed))
            XCTAssertEqual(read != nil, isOurs, "\(name) \(change)")
        }
    }

    func testAnAddressThatIsPromisedCounts() throws {
        let networks = """
            {"prod_default": {"IPAddress": "", "IPAMConfig": {"IPv4Address": "172.30.0.9"}}}
            """
        let container = ContainerReading.container(try summary(labels: labels, networks: networks))
        XCTAssertEqual(container?.address, IPv4Address("172.30.0.9"))
        let other = ContainerReading.container(
            try summary(labels: labels, networks: #"{"bridge": {"IPAddress": "172.17.0.2"}}"#)
        )
        XCTAssertNil(other?.address)
    }

    func testAnInspectionSaysMore() throws {
        let container = try XCTUnwrap(ContainerReading.container(try summary(labels: labels)))
        let refined = ContainerReading.refine(
            container,
            with: try details(
                state: """
                    {"Status": "exited", "ExitCode": 3, "StartedAt": "2027-01-15T08:00:01.5Z",
                     "FinishedAt": "2027-01-15T08:00:02Z"}
                    """,
                config: #"{"Image": "x"}"#
            )
        )
        XCTAssertEqual(refined.name.role, .retired(generation: 7))
        XCTAssertEqual(refined.state, .exited(code: 3))
        XCTAssertEqual(refined.restarts, 4)
        XCTAssertEqual(refined.started?.milliseconds, 1_800_000_001_500)
        XCTAssertEqual(refined.finished?.milliseconds, 1_800_000_002_000)
        XCTAssertEqual(refined.address, container.address)
    }

    private func details(
        state: String = #"{"Status": "running"}"#,
        config: String,
        host: String = "{}"
    ) throws -> ContainerDetails {
        let json = """
            {"Id": "c0ffee", "Name": "/prod-web-2.old7", "Created": "2027-01-15T08:00:00Z",
             "Image": "sha256:1", "State": \(state), "RestartCount": 4, "Config": \(config),
             "HostConfig": \(host), "Mounts": [], "NetworkSettings": {"Networks": {}}}
            """
        return try JSONDecoder.engine.decode(ContainerDetails.self, from: Data(json.utf8))
    }

    private func differences(
        _ config: String,
        _ host: String = "{}",
        image: ContainerConfig? = nil,
        _ adjust: (inout ContainerCreateBody) -> Void
    ) throws -> [String] {
        var body = ContainerCreateBody()
        adjust(&body)
        let comparison = FieldComparison(
            desired: body,
            actual: try details(config: config, host: host),
            image: image
        )
        return comparison.differences.map { "\($0.field): \($0.desired) / \($0.actual)" }
    }

    func testFields() throws {
        let table:
            [(
                name: String, config: String, host: String,
                adjust: (inout ContainerCreateBody) -> Void,
                want: [String]
            )] = [
                ("nothing said", #"{"User": "9", "Cmd": ["x"]}"#, "{}", { _ in }, []),
                ("the same", #"{"User": "9"}"#, "{}", { $0.config.user = "9" }, []),
                ("user", #"{"User": "9"}"#, "{}", { $0.config.user = "1" }, ["user: 1 / 9"]),
                (
                    "command", #"{"Cmd": ["a", "b"]}"#, "{}", { $0.config.cmd = ["a"] },
                    ["command: a / a b"]
                ),
                (
                    "stop", #"{"StopTimeout": 9}"#, "{}", { $0.config.stopTimeout = 5 },
                    ["stop_grace_period: 5s / 9s"]
                ),
                (
                    "a label", #"{"Labels": {"a": "2"}}"#, "{}",
                    { $0.config.labels = ["a": "1", "berth.slot": "1"] }, ["labels.a: 1 / 2"]
                ),
                (
                    "memory", "{}", #"{"Memory": 64}"#, { $0.hostConfig.memory = 32 },
                    ["mem_limit: 32 / 64"]
                ),
                (
                    "a limit that nobody set", "{}", #"{"NanoCpus": 5, "CpusetCpus": "0"}"#,
                    { _ in }, ["cpus: 0 / 5", "cpuset:  / 0"]
                ),
                (
                    "restart", "{}", #"{"RestartPolicy": {"Name": "no"}}"#,
                    { $0.hostConfig.restartPolicy = .init(name: "always") },
                    ["restart: always / no"]
                ),
            ]
        for (name, config, host, adjust, want) in table {
            XCTAssertEqual(try differences(config, host, adjust), want, name)
        }
    }

    func testVariablesAreNamedAndNeverShown() throws {
        var image = ContainerConfig()
        image.env = ["PATH=/bin", "FROM_IMAGE=1"]
        let rows = try differences(
            #"{"Env": ["PATH=/bin", "FROM_IMAGE=1", "SECRET=hunter2", "EXTRA=x"]}"#,
            image: image
        ) { $0.config.env = ["SECRET=correct", "ABSENT=1"] }
        XCTAssertEqual(
            rows,
            [
                "environment.ABSENT: set / not set",
                "environment.EXTRA: not set / set to another value",
                "environment.SECRET: set / set to another value",
            ]
        )
        XCTAssertFalse(rows.joined().contains("hunter2"))
        XCTAssertFalse(rows.joined().contains("correct"))
    }

    func testAnImagesOwnLabelsMakeNothingOurs() throws {
        let ours = try summary(labels: labels)
        let renamed = try summary(name: "/somebody-elses", labels: labels)
        let other = Sample.digest("other").description
        let rows: [(name: String, summary: ContainerSummary, imageSpec: String??, want: Bool)] = [
            ("an image without labels", ours, .some(nil), true),
            ("an image made of one of ours", ours, other, true),
            ("somebody runs such an image", renamed, labels["berth.spec"], false),
            ("under a name that fits", ours, labels["berth.spec"], false),
            ("an image that is gone", ours, .none, true),
        ]
        for (name, summary, spec, want) in rows {
            XCTAssertEqual(
                ContainerReading.isMadeByUs(summary, imageSpec: spec),
                want,
                name
            )
        }
    }

    func testANameWithoutAValueTakesTheImagesVariableAway() throws {
        var image = ContainerConfig()
        image.env = ["NAME=1"]
        let rows: [(config: String, want: [String])] = [
            (#"{"Env": ["NAME"]}"#, []), (#"{"Env": []}"#, []),
            (#"{"Env": ["NAME=1"]}"#, ["environment.NAME: not set / set to another value"]),
        ]
        for (config, want) in rows {
            XCTAssertEqual(
                try differences(config, image: image) { $0.config.env = ["NAME"] },
                want,
                config
            )
        }
    }

    func testVariablesOfTheHostAreNoDifference() throws {
        let folder = try TemporaryDirectory("berth-variables")
        try folder.write("web.env", "FROM_HOST=1\n")
        let service = try Sample.service { service in
            service.container.hostEnvironmentFiles = [
                HostEnvironmentFile(path: folder.file("web.env"))
            ]
        }
        let blueprint = Blueprint(
            goal: Sample.goal(service),
            slot: 1,
            generation: 1,
            desired: Sample.desired([service]) { $0.grants.hostPaths = [.init(path: folder.path)] },
            layout: HostLayout(stateDirectory: "/state")
        )
        let env = try blueprint.bodyWithHostVariables().config.env
        XCTAssertEqual(
            try differences(#"{"Env": ["FROM_HOST=1"]}"#) { $0.config.env = env },
            []
        )
    }
}
