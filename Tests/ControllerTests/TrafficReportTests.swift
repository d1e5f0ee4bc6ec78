import Addresses
import Model
import Traffic
import XCTest

@testable import Controller

final class TrafficReportTests: XCTestCase {
    private let address = IPv4Address("172.30.0.11")
    private let own = IPv4Address("172.30.1.7") ?? IPv4Address(rawValue: 0)

    private func table(
        _ environment: String = "prod",
        serving: Bool = true
    ) throws -> ObservedTable {
        let backends = [
            Traffic.Backend(
                slot: 1,
                generation: 3,
                container: "0123456789abcdef",
                address: address,
                since: 1_700_000_000_000
            )
        ]
        let chain = { (target: Traffic.TargetPort?, entryPoints: Set<EntryPoint>) in
            ServiceChain(
                name: ChainName(environment: environment, service: "web", target: target),
                entryPoints: entryPoints,
                backends: serving ? backends : []
            )
        }
        let ruleset = try Ruleset(
            scope: [environment],
            networks: [],
            services: [
                chain(nil, []),
                ServiceChain(
                    name: ChainName(environment: environment, service: "web", bridge: "br-prod"),
                    entryPoints: [.service(own, bridge: "br-prod")],
                    backends: serving ? backends : []
                ),
                chain(Traffic.TargetPort(80, .tcp), [.hostPort(8080)]),
                chain(Traffic.TargetPort(53, .udp), [.port(53, at: .four(own))]),
            ]
        )
        return ObservedTable(showing: [ruleset])
    }

    private func words(_ report: TrafficReport) -> [String] {
        report.rows.map { row in
            "\(row.entryPoint) \(row.service) \(row.container ?? "-") \(row.address ?? "-") "
                + "\(row.role.rawValue) \(row.connections.map(String.init) ?? "-")"
        }
    }

    func testEveryWayInIsShownWithWhoServesThere() throws {
        let service = try Sample.service("web")
        let container = Sample.container(service) { container in
            container.id = "0123456789abcdef0123"
            container.address = IPv4Address("172.30.0.11")
        }
        var evidence = TrafficEvidence(table: try table(), differences: [:])
        evidence.containers = [container]
        let report = TrafficReport(of: "prod", evidence)
        XCTAssertEqual(
            words(report),
            [
                "172.30.1.7 web prod-web-1 172.30.0.11 serves -",
                "172.30.1.7:53/udp web prod-web-1 172.30.0.11:53 serves -",
                "*:8080/tcp web prod-web-1 172.30.0.11:80 serves -",
            ]
        )
        XCTAssertEqual(report.state, .right)
        XCTAssertFalse(report.hasProblems, "\(report.problems)")
        XCTAssertEqual(report.rows.first?.since, Moment(milliseconds: 1_700_000_000_000))

        evidence.containers = []
        let blind = TrafficReport(of: "prod", evidence)
        XCTAssertEqual(Set(blind.rows.map(\.container)), ["0123456789ab"])
        let other = TrafficReport(of: "staging", TrafficEvidence(table: evidence.table))
        XCTAssertEqual(words(other), [], "each environment has its own")
    }

    func testNobodyServes() throws {
        let evidence = TrafficEvidence(table: try table(serving: false), differences: [:])
        XCTAssertEqual(
            Set(TrafficReport(of: "prod", evidence).rows.map(\.role)),
            [.noBackend]
        )
    }

    func testWhatIsWrongIsSaid() throws {
        let intact = try table()
        let table: [(String, TrafficEvidence, TrafficReport.State, [String])] = [
            ("no table", TrafficEvidence(table: .absent, differences: [:]), .missing, ["no table"]),
            (
                "nothing of ours",
                TrafficEvidence(table: try self.table("other"), differences: [:]), .missing,
                ["nothing of it in table ip berth"]
            ),
            (
                "nothing wanted",
                TrafficEvidence(table: .absent, differences: ["": "!"], isWanted: false), .right, []
            ),
            (
                "another container", TrafficEvidence(table: intact, differences: ["web": "web!"]),
                .different, ["web!"]
            ),
            (
                "not known", TrafficEvidence(table: intact, complaints: ["Docker is away"]),
                .unknown, ["Docker is away"]
            ),
            (
                "a port of somebody else's",
                TrafficEvidence(table: intact, differences: [:], complaints: ["web: taken"]),
                .right, ["web: taken"]
            ),
        ]
        for (name, evidence, state, problems) in table {
            let report = TrafficReport(of: "prod", evidence)
            XCTAssertEqual(report.state, state, name)
            XCTAssertEqual(report.problems.count, problems.count, "\(name): \(report.problems)")
            for (problem, want) in zip(report.problems, problems) {
                XCTAssertTrue(problem.contains(want), "\(name): \(problem)")
            }
            XCTAssertEqual(report.hasProblems, state != .right || !problems.isEmpty, name)
        }
    }
}
