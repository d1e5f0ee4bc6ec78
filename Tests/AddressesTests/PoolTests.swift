import XCTest

@testable import Addresses

final class PoolTests: XCTestCase {
    func testPools() {
        let table: [(text: String, isPool: Bool)] = [
            ("172.30.0.0/16", true), ("10.0.0.0/8", true), ("192.168.4.0/22", true),
            ("192.168.4.0/23", false), ("192.168.4.1/22", false), ("10.0.0.0", false),
            ("nonsense", false), ("10.0.0.0/33", false), ("", false), ("::/16", false),
        ]
        for (text, isPool) in table {
            XCTAssertEqual(SubnetPool(text) != nil, isPool, text)
        }
    }

    func testTheFirstNetworkThatOverlapsNothingIsFree() throws {
        let pool = try XCTUnwrap(SubnetPool("192.168.0.0/20"))
        let table: [(name: String, taken: [String], want: String?)] = [
            ("an empty host", [], "192.168.0.0/22"),
            ("networks elsewhere", ["10.0.0.0/8", "172.17.0.0/16"], "192.168.0.0/22"),
            ("the first taken", ["192.168.0.0/22"], "192.168.4.0/22"),
            ("a small one in the first", ["192.168.3.248/29"], "192.168.4.0/22"),
            ("a gap", ["192.168.0.0/22", "192.168.8.0/22"], "192.168.4.0/22"),
            ("one over all of it", ["192.168.0.0/16"], nil),
            ("used up", ["192.168.0.0/21", "192.168.8.0/21"], nil),
        ]
        for (name, taken, want) in table {
            let taken = taken.compactMap { IPv4Subnet($0) }
            XCTAssertEqual(pool.freeNetwork(besides: taken)?.description, want, name)
        }
    }

    func testThePoolReachesToTheEndOfTheAddressSpace() throws {
        let pool = try XCTUnwrap(SubnetPool("255.255.252.0/22"))
        XCTAssertEqual(pool.freeNetwork(besides: [])?.description, "255.255.252.0/22")
        let all = try XCTUnwrap(SubnetPool("0.0.0.0/0"))
        XCTAssertEqual(all.freeNetwork(besides: [])?.description, "0.0.0.0/22")
    }

    func testASubnetsParts() throws {
        let subnet = try XCTUnwrap(IPv4Subnet("172.30.4.0/22"))
        XCTAssertEqual(subnet.size, 1_024)
        XCTAssertEqual(subnet.gateway.description, "172.30.4.1")
        XCTAssertEqual(subnet.upperHalf?.description, "172.30.6.0/23")
        XCTAssertEqual(subnet[300].description, "172.30.5.44")
        let overlaps: [(other: String, want: Bool)] = [
            ("172.30.4.0/22", true), ("172.30.7.255/32", true), ("172.30.0.0/16", true),
            ("172.30.8.0/22", false), ("172.30.3.255/32", false), ("0.0.0.0/0", true),
        ]
        for (other, want) in overlaps {
            let other = try XCTUnwrap(IPv4Subnet(other))
            XCTAssertEqual(subnet.overlaps(other), want, "\(other)")
            XCTAssertEqual(other.overlaps(subnet), want, "\(other) the other way round")
        }
    }

    func testFreeAddresses() throws {
        let subnet = try XCTUnwrap(IPv4Subnet("10.0.0.0/28"))
        let table: [(name: String, taken: [UInt32], want: UInt32?)] = [
            ("an empty network", [], 2),
            ("after the highest", [2, 3], 4),
            ("not the one just given back", [4], 5),
            ("from the bottom again", [7, 3], 2),
            ("the upper half is Docker's", [8, 9, 15], 2),
            ("the last one", [2, 3, 4, 5, 7], 6),
            ("used up", [2, 3, 4, 5, 6, 7], nil),
        ]
        for (name, taken, want) in table {
            let free = subnet.freeAddress(besides: Set(taken.map { subnet[$0] }))
            XCTAssertEqual(free, want.map { subnet[$0] }, name)
        }
        let elsewhere = IPv4Address("192.168.0.9").map { Set([$0]) } ?? []
        XCTAssertEqual(subnet.freeAddress(besides: elsewhere), subnet[2])
    }

    private func key(
        _ service: String,
        _ environment: String = "prod",
        on network: String = "prod_default"
    ) -> ServiceAddresses.Key {
        ServiceAddresses.Key(environment: environment, service: service, network: network)
    }

    func testAServiceKeepsItsAddressInANetwork() throws {
        let subnet = try XCTUnwrap(IPv4Subnet("172.30.4.0/22"))
        let other = try XCTUnwrap(IPv4Subnet("172.30.8.0/22"))
        var addresses = ServiceAddresses()
        func address(
            _ key: ServiceAddresses.Key,
            in subnet: IPv4Subnet,
            besides taken: Set<IPv4Address> = [],
            range: IPv4Subnet? = nil
        ) -> IPv4Address? {
            addresses.address(key, in: subnet, besides: taken, range: range ?? subnet.upperHalf)
        }
        let first = try XCTUnwrap(address(key("web"), in: subnet))
        XCTAssertEqual(first, address(key("web"), in: subnet), "again")
        XCTAssertTrue(subnet.contains(first), "\(first)")
        let offset = first.rawValue - subnet.address.rawValue
        XCTAssertTrue((384..<512).contains(offset), "the top of our half: \(offset)")
        let elsewhere = try XCTUnwrap(address(key("web", on: "prod_back"), in: other))
        XCTAssertTrue(other.contains(elsewhere))
        XCTAssertNotEqual(address(key("web"), in: subnet, besides: [first]), first, "was taken")
        let moved = try XCTUnwrap(address(key("web"), in: other))
        XCTAssertTrue(other.contains(moved), "the network has another subnet now")
        XCTAssertEqual(addresses.all(on: "prod_back"), [elsewhere])
        XCTAssertNil(address(key("web"), in: subnet, range: subnet), "all of it is Docker's")
        // Also in the next process.
        var again = ServiceAddresses()
        XCTAssertEqual(
            again.address(key("web"), in: subnet, besides: [], range: nil),
            first
        )
    }

    func testManyServicesHaveManyAddressesUntilTheNetworkIsFull() throws {
        let subnet = try XCTUnwrap(IPv4Subnet("172.30.0.0/25"))
        var addresses = ServiceAddresses()
        let container = subnet[2]
        let all = (0..<70).map { number in
            addresses.address(key("s\(number)"), in: subnet, besides: [container], range: nil)
        }
        let given = all.compactMap(\.self)
        XCTAssertEqual(Set(given).count, 61, "2 to 63, but for the container's")
        XCTAssertEqual(given.count, 61)
        XCTAssertFalse(given.contains(container))
    }

    func testContainersAndServicesGrowTowardsEachOther() throws {
        let subnet = try XCTUnwrap(IPv4Subnet("10.0.0.0/28"))
        let free = subnet.freeAddress(besides: [subnet[2]], services: [subnet[7], subnet[3]])
        XCTAssertEqual(free, subnet[4])
    }
}
