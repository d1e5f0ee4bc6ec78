import Addresses
import Model
import XCTest

@testable import Controller

final class HostsFileTests: XCTestCase {
    func testNeighboursAndExtraNames() throws {
        let service = try Sample.service { service in
            service.container.extraHosts = [
                ExtraHost(name: "db", address: "10.0.0.9"),
                ExtraHost(name: "host.docker.internal", address: "host-gateway"),
            ]
        }
        let address = try XCTUnwrap(IPv4Address("172.30.1.4"))
        let file = HostsFile(
            for: service,
            neighbours: HostsFile.Neighbours([
                HostsFile.Neighbour(
                    name: "api",
                    aliases: ["backend"],
                    address: address,
                    network: "prod_front"
                )
            ]),
            gateway: IPv4Address("172.30.0.1")
        )
        XCTAssertEqual(
            file.text,
            """
            # Written by Berth; changes are overwritten.
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            172.30.1.4\tapi backend\t# prod_front
            10.0.0.9\tdb
            172.30.0.1\thost.docker.internal

            """
        )
        let known = HostsFile.serviceAddresses(in: file.text)
        XCTAssertEqual(known.map(\.name), ["api"])
        XCTAssertEqual(known.map(\.address), [address])
        XCTAssertEqual(known.map(\.network), ["prod_front"])
    }

    func testWithoutAGatewayThereIsNoLineForIt() throws {
        let service = try Sample.service { service in
            service.container.extraHosts = [ExtraHost(name: "host", address: "host-gateway")]
        }
        let file = HostsFile(for: service, neighbours: HostsFile.Neighbours([]), gateway: nil)
        XCTAssertFalse(file.text.contains("\thost\n"), file.text)
        XCTAssertEqual(file.text.split(separator: "\n").count, 3)
    }

    func testFilesOfOthersGiveNoAddresses() {
        XCTAssertEqual(HostsFile.serviceAddresses(in: "garbage\n198.19\n\n10.0.0.1 x\n").count, 0)
        let former = HostsFile.serviceAddresses(in: "198.19.0.7 web alias\n")
        XCTAssertEqual(former.map(\.network), [nil], "as the first version wrote it")
    }
}
