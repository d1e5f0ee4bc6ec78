import Addresses
import Model
import Platform
import Printing
import Traffic
import XCTest

@testable import Controller

final class PortConflictTests: XCTestCase {
    func testEachClaimantIsNamedWithWhatToDo() {
        let table: [(PortConflict.Claimant, [String])] = [
            (
                .process(name: "httpd", id: 42),
                ["httpd (process 42) listens at 0.0.0.0", "end process 42"]
            ),
            (.process(name: "a process", id: nil), ["a process listens", "end that process"]),
            (
                .container(name: "old-web-1", project: "old"),
                ["container old-web-1 of the Compose project old", "docker stop old-web-1"]
            ),
            (.container(name: "nginx", project: nil), ["container nginx publishes it"]),
            (
                .rules("ip nat PREROUTING", listing: "nft -a list chain ip nat PREROUTING"),
                ["a rule in ip nat PREROUTING", "remove the rule (nft -a list chain ip nat"]
            ),
            (.service("staging/web"), ["staging/web publishes it at 0.0.0.0"]),
        ]
        for (claimant, words) in table {
            let conflict = PortConflict(
                service: "web",
                port: "8080/tcp",
                address: "0.0.0.0",
                claimant: claimant
            )
            let text = "\(conflict)"
            XCTAssertTrue(text.hasPrefix("host port 8080/tcp is taken: "), text)
            XCTAssertTrue(text.hasSuffix("or give web another host port"), text)
            for word in words { XCTAssertTrue(text.contains(word), text) }
        }
    }

    func testNamesOfOthersReachNoTerminal() {
        let evil = "\u{1B}]0;x\u{7}\r\n\u{202E}evil"
        let claimants: [PortConflict.Claimant] = [
            .process(name: evil, id: 42), .container(name: "c", project: evil),
            .rules("ip theirs \(evil)", listing: "nft \(evil)"),
        ]
        for claimant in claimants {
            let conflict = PortConflict(
                service: "web",
                port: "80/tcp",
                address: "::",
                claimant: claimant
            )
            let text = "\(conflict)"
            XCTAssertTrue(text.contains("evil"), text)
            XCTAssertTrue(text.unicodeScalars.allSatisfy(\.isPrintable), text)
        }
    }

    func testAnAddressOfAnotherHostIsSaidToBeOne() {
        let conflict = PortConflict(
            service: "web",
            port: "80/tcp",
            address: "203.0.113.9",
            claimant: .foreignAddress
        )
        XCTAssertEqual(
            "\(conflict)",
            "host port 80/tcp cannot be published at 203.0.113.9, which is not an address of this "
                + "host; add the address to an interface (ip address add), or publish web at another"
        )
    }

    func testAnAddressOfAServiceIsNoneToPublishAt() {
        let conflict = PortConflict(
            service: "web",
            port: "of Docker's choice for 80/udp",
            address: "10.5.0.9",
            claimant: .serviceAddress("prod/db")
        )
        XCTAssertEqual(
            "\(conflict)",
            "host port of Docker's choice for 80/udp cannot be published at 10.5.0.9, which is the "
                + "address of prod/db for its neighbours, where no host port is served; take an "
                + "address of one of the host's interfaces, or publish web at another"
        )
    }

    func testWhichPortsNeedAnAddress() throws {
        var service = try Sample.service("web")
        let own = "203.0.113.9"
        service.ports = [
            PublishedPort(target: ContainerPort(80), published: 8080),
            PublishedPort(target: ContainerPort(80), published: nil),
            PublishedPort(target: ContainerPort(80), published: 81, hostAddress: "0.0.0.0"),
            PublishedPort(target: ContainerPort(80), published: nil, hostAddress: "::"),
            PublishedPort(target: ContainerPort(80), published: 82, hostAddress: own),
            PublishedPort(target: ContainerPort(53, .udp), published: nil, hostAddress: own),
            PublishedPort(target: ContainerPort(80), published: nil, hostAddress: "2001:DB8::0:9"),
            PublishedPort(target: ContainerPort(80), published: nil, hostAddress: "127.9.9.9"),
        ]
        XCTAssertEqual(
            AddressedPort.all(of: service).map { "\($0.words) at \($0.address)" },
            [
                "82/tcp at 203.0.113.9", "of Docker's choice for 53/udp at 203.0.113.9",
                "of Docker's choice for 80/tcp at 2001:db8::9",
                "of Docker's choice for 80/tcp at 127.9.9.9",
            ]
        )
    }

    func testWhichPortsAreRoutedToAService() throws {
        var service = try Sample.service("web")
        service.ports = [
            PublishedPort(target: ContainerPort(80), published: 8080),
            PublishedPort(target: ContainerPort(81), published: 8081, hostAddress: "0.0.0.0"),
            PublishedPort(target: ContainerPort(53, .udp), published: 53, hostAddress: "127.0.0.1"),
            PublishedPort(target: ContainerPort(82), published: nil),
            PublishedPort(target: ContainerPort(83, .sctp), published: 83),
            PublishedPort(target: ContainerPort(84), published: 8084, hostAddress: "::"),
            PublishedPort(target: ContainerPort(85), published: 85, hostAddress: "2001:db8::1"),
            PublishedPort(target: ContainerPort(86), published: 86, hostAddress: "::1"),
        ]
        XCTAssertEqual(
            HostPort.all(of: service).map { port in
                let place = port.address?.description ?? (port.entryPoint.isIPv6 ? "::" : "0.0.0.0")
                return "\(port.words) \(place)"
            },
            [
                "8080/tcp 0.0.0.0", "8080/tcp ::", "8081/tcp 0.0.0.0", "53/udp 127.0.0.1",
                "8084/tcp ::", "85/tcp 2001:db8::1",
            ]
        )
    }

    func testAServiceWhosePortIsTakenStaysAndOthersGoOn() async throws {
        let old = try Sample.service("web", "1.0.0")
        let new = try Sample.service("web", "2.0.0")
        let scene = try LoopScene(Sample.desired([new, try Sample.service("api")]))
        scene.host.add(Sample.container(old))
        let conflict = PortConflict(
            service: "web",
            port: "8080/tcp",
            address: "0.0.0.0",
            claimant: .process(name: "httpd", id: 42)
        )
        scene.host.change { $0.conflicts = ["web": [conflict]] }
        try await scene.run {
            try await scene.pass(until: "api serves") { $0.serving["api"]?.count == 1 }
            try await scene.look(times: 10)
            XCTAssertFalse(scene.host.now.calls.contains { $0.hasPrefix("create web") })
            XCTAssertEqual(scene.host.now.serving["web"]?.count, 1)
            let said = scene.lines.all.filter { $0.contains("host port 8080/tcp is taken") }
            XCTAssertEqual(said.count, 1, "\(said)")
            scene.host.change { $0.conflicts = [:] }
            try await scene.pass(until: "web is replaced") { state in
                state.calls.contains { $0.hasPrefix("create web/1.g") }
            }
            XCTAssertTrue(scene.lines.all.contains { $0.contains("ports are free again") })
        }
    }
}
