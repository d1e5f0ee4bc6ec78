import Foundation
import XCTest

@testable import DockerEngine

final class TypesTests: XCTestCase {
    func testReadsDates() {
        let table: [(text: String, seconds: Int64, nanoseconds: Int32)] = [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2024-05-06T07:08:09.123456789Z", 1_714_979_289, 123_456_789),
            ("2024-05-06T07:08:09.5Z", 1_714_979_289, 500_000_000),
            ("2024-05-06T07:08:09.1234567899Z", 1_714_979_289, 123_456_789),
            ("2024-05-06T09:08:09+02:00", 1_714_979_289, 0),
            ("2024-05-06T01:38:09.000000001-05:30", 1_714_979_289, 1),
            ("2024-05-06 07:08:09z", 1_714_979_289, 0),
            ("2000-02-29T00:00:00Z", 951_782_400, 0),
            ("2024-12-31T23:59:60Z", 1_735_689_600, 0),
            ("1969-12-31T23:59:59.75Z", -1, 750_000_000),
            ("1600-03-01T00:00:00Z", -11_670_912_000, 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ]
        for (text, seconds, nanoseconds) in table {
            let date = Timestamp(text)
            XCTAssertEqual(date?.seconds, seconds, text)
            XCTAssertEqual(date?.nanoseconds, nanoseconds, text)
        }
    }

    func testRefusesWhatIsNoDateOrNever() {
        let table = [
            "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.5Z", "0000-01-01T00:00:00Z",
            "2024-05-06", "2024-05-06T07:08Z", "2024-05-06T07:08:09", "2024-05-06T07:08:09.Z",
            "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-05-06T24:00:00Z",
            "2024-05-06T07:60:00Z", "2024-05-06T07:08:61Z", "2024-05-06T07:08:09+2:00",
            "2024-05-06T07:08:09+02:60", "2024-05-06T07:08:09Zx", " 2024-05-06T07:08:09Z",
            "20२4-05-06T07:08:09Z", "-024-05-06T07:08:09Z",
        ]
        for text in table { XCTAssertNil(Timestamp(text), text) }
    }

    /// Foundation's calendar is the judge, at random moments of four thousand years.
    func testDatesAgreeWithFoundation() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        let formatter = ISO8601DateFormatter()
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // From 1600 on, where Foundation's calendar is the Gregorian one too.
            let seconds = Int64(state >> 16) % 253_402_300_799 - 11_000_000_000
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            XCTAssertEqual(Timestamp(text)?.seconds, seconds, "\(text), seed \(seed)")
        }
    }

    func testReadsStatusWords() {
        let table: [(text: String, health: HealthStatus, exitCode: Int?)] = [
            ("Up 5 seconds", .none, nil),
            ("Up About a minute (healthy)", .healthy, nil),
            ("Up 3 weeks (unhealthy)", .unhealthy, nil),
            ("Up Less than a second (health: starting)", .starting, nil),
            ("Up 2 minutes (Paused)", .none, nil),
            ("Exited (0) 5 hours ago", .none, 0),
            ("Exited (137) 5 hours ago", .none, 137),
            ("Exited (-1) 5 hours ago", .none, -1),
            ("Restarting (1) 3 seconds ago", .none, 1),
            ("Created", .none, nil),
            ("Dead", .none, nil),
            ("Removal In Progress", .none, nil),
            ("", .none, nil),
            ("Exited (healthy", .none, nil),
            ("Exited (x) 1 second ago", .none, nil),
        ]
        for (text, health, exitCode) in table {
            let status = ContainerStatus(text)
            XCTAssertEqual(status.health, health, text)
            XCTAssertEqual(status.exitCode, exitCode, text)
        }
    }

    func testReadsAListEntry() throws {
        let container = try decode(
            ContainerSummary.self,
            #"""
            {"Id":"0f","Names":["/db/web","/prod-web-1.g7"],"Image":"app:1","ImageID":"sha256:1",
             "Command":"/app","Created":1700000000,"State":"exited","Status":"Exited (3) 1 day ago",
             "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
                      {"PrivatePort":81,"Type":"udp"}],
             "Labels":{"berth.slot":"1"},"SizeRw":1,"Unknown":{"a":[]},
             "HostConfig":{"NetworkMode":"prod"},
             "NetworkSettings":{"Networks":{"prod":{"IPAMConfig":{"IPv4Address":"172.30.0.11"},
               "Aliases":null,"NetworkID":"n1","IPAddress":"172.30.0.11","IPPrefixLen":24}}},
             "Mounts":[{"Type":"volume","Name":"data","Destination":"/data","RW":true}]}
            """#
        )
        XCTAssertEqual(container.name, "prod-web-1.g7")
        XCTAssertEqual(container.state, .exited)
        XCTAssertEqual(container.exitCode, 3)
        XCTAssertEqual(container.labels, ["berth.slot": "1"])
        XCTAssertEqual(container.ports?.map(\.publicPort), [8080, nil])
        XCTAssertEqual(container.networks["prod"]?.ipAddress, "172.30.0.11")
        XCTAssertEqual(container.networks["prod"]?.ipamConfig?.ipv4Address, "172.30.0.11")
        XCTAssertEqual(container.mounts?.first?.rw, true)
    }

    func testOldAndEmptyAnswersAreRead() throws {
        let container = try decode(
            ContainerDetails.self,
            #"""
            {"Id":"0f","Name":"web","Image":"sha256:1","State":{"Status":"created"},"Config":{},
             "HostConfig":{}}
            """#
        )
        XCTAssertEqual(container.restartCount, 0)
        XCTAssertFalse(container.state.running)
        XCTAssertEqual(container.state.exitCode, 0)
        XCTAssertNil(container.state.health)
        XCTAssertEqual(container.mounts, [])
        XCTAssertEqual(container.networks, [:])
        let image = try decode(ImageDetails.self, #"{"Id":"sha256:1","RepoTags":null}"#)
        XCTAssertEqual(image.repoTags, [])
        XCTAssertEqual(image.repoDigests, [])
        XCTAssertEqual(image.config, ContainerConfig())
        let created = try decode(CreatedContainer.self, #"{"Id":"0f","Warnings":null}"#)
        XCTAssertEqual(created.warnings, [])
        XCTAssertThrowsError(try decode(ContainerSummary.self, #"{"State":"running"}"#))
    }

    func testReadsAnInspection() throws {
        let container = try decode(
            ContainerDetails.self,
            #"""
            {"Id":"0f","Name":"/web","Created":"2024-05-06T07:08:09.1Z","Image":"sha256:1",
             "Platform":"linux","RestartCount":2,
             "State":{"Status":"running","Running":true,"Paused":false,"Restarting":false,
               "OOMKilled":false,"Dead":false,"Pid":42,"ExitCode":0,"Error":"",
               "StartedAt":"2024-05-06T07:08:10Z","FinishedAt":"0001-01-01T00:00:00Z",
               "Health":{"Status":"starting","FailingStreak":1,
                 "Log":[{"Start":"x","End":"y","ExitCode":1,"Output":"no"}]}},
             "Config":{"Env":["A=b"],"Cmd":null,"Entrypoint":["/app"],"ExposedPorts":{"80/tcp":{}},
               "Healthcheck":{"Test":["NONE"]}},
             "HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":""}],
               "81/tcp":null},"RestartPolicy":{"Name":"always","MaximumRetryCount":0},
               "LogConfig":{"Type":"json-file","Config":{}},"Ulimits":null,"Init":null},
             "Mounts":null,
             "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"32768"}],
               "81/tcp":null},"Networks":{}}}
            """#
        )
        XCTAssertTrue(container.state.running)
        XCTAssertEqual(container.state.startedAt?.seconds, 1_714_979_290)
        XCTAssertNil(container.state.finishedAt)
        XCTAssertEqual(container.state.health?.status, .starting)
        XCTAssertEqual(container.config.exposedPorts, ["80/tcp"])
        XCTAssertEqual(container.hostConfig.restartPolicy?.name, "always")
        XCTAssertEqual(
            container.hostConfig.portBindings,
            ["80/tcp": [PortBinding(hostIp: "127.0.0.1", hostPort: "")], "81/tcp": nil]
        )
        XCTAssertEqual(container.mounts, [])
        XCTAssertEqual(container.restartCount, 2)
    }

    func testUnknownWordsAreNoErrors() throws {
        let json = #"["removing","hibernating"]"#
        XCTAssertEqual(try decode([ContainerPhase].self, json), [.removing, .other])
        XCTAssertEqual(try decode([HealthStatus].self, #"["healthy","odd"]"#), [.healthy, .none])
    }

    func testMessagesStayOnOneLine() {
        let error = EngineError(
            .server,
            "GET /x",
            "a\r\n\u{1B}[31mb\t\tc" + String(repeating: "d", count: 5000)
        )
        XCTAssertTrue(error.message.hasPrefix("a [31mb cddd"), error.message)
        XCTAssertEqual(error.message.count, 1000)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder.engine.decode(type, from: Data(json.utf8))
    }
}
