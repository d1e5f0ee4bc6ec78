import Addresses
import Foundation
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// Real nft in namespaces of the test's own.
final class TrafficDirectorTests: XCTestCase {
    func testWhatWasAppliedReadsBackTheSame() async throws {
        try await readBack(try Self.shapes())
    }

    func testWhatWasAppliedOfBothFamiliesReadsBackTheSame() async throws {
        try await readBack(try Self.shapesOfSix())
    }

    private func readBack(_ shapes: [(String, Ruleset)]) async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let before = try await director.observe()
        XCTAssertEqual(before, .absent)
        for (name, ruleset) in shapes {
            let changes = ruleset.changes(from: try await director.observe())
            if let changes {
                try await director.check(changes)
                try await director.apply(changes)
            }
            var observed = try await director.observe()
            if let sweep = ruleset.changes(from: observed) {
                XCTAssertTrue(sweep.isSweep, "\(name): \(sweep)")
                try await director.apply(sweep)
                observed = try await director.observe()
            }
            XCTAssertTrue(observed == ObservedTable(showing: [ruleset]), name)
            XCTAssertNil(ruleset.changes(from: observed), name)
        }
    }

    func testTheTableIsListedOnlyWhereRulesHaveChanged() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let folder = try TemporaryDirectory()
        let log = folder.file("log")
        let script = "#!/bin/sh\necho \"$*\" >> \(log)\nexec nft \"$@\"\n"
        let director = TrafficDirector(
            nft: try folder.write("nft", script, mode: 0o755),
            in: lab.host
        )
        let listings = {
            let text = try String(contentsOfFile: log, encoding: .utf8)
            return text.split(separator: "\n").count { $0.contains("list table ip berth") }
        }
        for _ in 0..<3 { _ = try await director.observe() }
        XCTAssertEqual(try listings(), 1)
        try await RealParts.run(lab.host, "nft", "add table ip other")
        for _ in 0..<3 { _ = try await director.observe() }
        XCTAssertEqual(try listings(), 2)
        let wanted = try Sample.ruleset([Sample.web([Sample.backend(1)])])
        try await director.apply(try XCTUnwrap(wanted.changes(from: .absent)))
        let observed = try await director.observe()
        XCTAssertTrue(observed == ObservedTable(showing: [wanted]))
        try await RealParts.run(lab.host, "nft", "delete table ip berth")
        let gone = try await director.observe()
        XCTAssertEqual(gone, .absent)
    }

    /// Every shape a ruleset can take, each also a change from the one before.
    private static func shapes() throws -> [(String, Ruleset)] {
        let address = Sample.address("198.19.0.5")
        let two = [Sample.backend(1), Sample.backend(2)]
        let long = String(repeating: "long-", count: 30)
        let networks = [
            Sample.network,
            Network(
                environment: "prod",
                bridge: "br-x.y_z-012345",
                subnet: Sample.subnet("10.1.0.0/16")
            ),
        ]
        return [
            ("empty", try Sample.ruleset([], networks: [])),
            ("no backend", try Sample.ruleset([Sample.web([])])),
            ("one", try Sample.ruleset([Sample.web([Sample.backend(1)])])),
            ("two", try Sample.ruleset([Sample.web(two)])),
            ("three", try Sample.ruleset([Sample.web(two + [Sample.backend(3)])])),
            (
                "every entry point",
                try Sample.ruleset([
                    Sample.web(
                        [
                            .hostPort(1), .hostPort(65535), .port(8080, at: .four(.loopback)),
                            .port(80, at: .four(address)),
                        ],
                        two
                    )
                ])
            ),
            (
                "called by name",
                try Sample.ruleset([
                    ServiceChain(
                        name: ChainName(environment: "prod", service: "web", bridge: "br-prod"),
                        entryPoints: [.service(address, bridge: "br-prod")],
                        backends: two
                    )
                ])
            ),
            (
                "udp and sctp",
                try Sample.ruleset([
                    ServiceChain(
                        name: Sample.name("dns", 53, .udp),
                        entryPoints: [.hostPort(53), .port(53, at: .four(address))],
                        backends: two
                    ),
                    ServiceChain(
                        name: Sample.name("dns", 53, .tcp),
                        entryPoints: [.hostPort(53)],
                        backends: two
                    ),
                    ServiceChain(
                        name: Sample.name("sig", 2905, .sctp),
                        entryPoints: [.hostPort(2905)],
                        backends: [Sample.backend(1)]
                    ),
                ])
            ),
            (
                "without ports",
                try Sample.ruleset([
                    ServiceChain(
                        name: ChainName(environment: "prod", service: "job", target: nil),
                        entryPoints: [.service(address, bridge: "br-prod")],
                        backends: [Sample.unaddressed, Sample.backend(2)]
                    )
                ])
            ),
            ("networks", try Sample.ruleset([], networks: networks)),
            (
                "names",
                try Ruleset(
                    scope: ["9 lives", "prod"],
                    networks: [
                        Network(
                            environment: "9 lives",
                            bridge: "br-9",
                            subnet: Sample.network.subnet
                        )
                    ],
                    services: [long, "tcp", "map", "ünï/;", "0"].map { service in
                        ServiceChain(
                            name: Sample.name(service, in: "9 lives"),
                            entryPoints: [],
                            backends: two
                        )
                    }
                )
            ),
        ]
    }

    private static func shapesOfSix() throws -> [(String, Ruleset)] {
        let two = [Sample.backend(1), Sample.backend(2)]
        let six = try XCTUnwrap(IPv6Address("2001:db8::9"))
        let network = Sample.network6
        return [
            (
                "every entry point",
                try Sample.ruleset(
                    [Sample.web([.hostPort(1), .hostPort6(1), .port(8080, at: .six(six))], two)],
                    networks: [network]
                )
            ),
            (
                "no backend",
                try Sample.ruleset([Sample.web([.hostPort6(1)], [])], networks: [network])
            ),
            ("a network alone", try Sample.ruleset([], networks: [network])),
        ]
    }

    func testFiftyServicesAreReadQuickly() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let ruleset = try Sample.ruleset(
            (0..<50).map { number in
                ServiceChain(
                    name: Sample.name("service-\(number)"),
                    entryPoints: [
                        .hostPort(UInt16(8000 + number)),
                        .port(80, at: .four(Sample.address("198.19.0.\(number)"))),
                    ],
                    backends: (1...3).map { Sample.backend($0) }
                )
            }
        )
        let transaction = try XCTUnwrap(ruleset.changes(from: .absent))
        let clock = ContinuousClock()
        let applied = try await clock.measure { try await director.apply(transaction) }
        let listing = try await Command("nft", ["-j", "list", "table", "ip", "berth"])
            .output(in: lab.host)
        let parsing = try clock.measure { _ = try TableListing.parse([.ip: listing]) }
        let observed = try await clock.measure { _ = try await director.observe() }
        print(
            "50 services: apply \(applied), parse \(listing.count) bytes \(parsing), "
                + "observe \(observed)"
        )
        XCTAssertLessThan(parsing, .milliseconds(500))
    }
}

extension Command {
    /// Runs the program in a namespace and returns its standard output.
    func output(in namespace: NetworkNamespace) async throws -> [UInt8] {
        try namespace.visit { () throws(CommandError) in try runBlocking() }.standardOutput
    }
}
