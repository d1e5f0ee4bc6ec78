import Addresses
import XCTest

final class IPv4Tests: XCTestCase {
    func testAddresses() {
        let rows: [(text: String, want: UInt32?)] = [
            ("127.0.0.1", 0x7F00_0001), ("0.0.0.0", 0), ("255.255.255.255", .max),
            ("172.30.0.11", 0xAC1E_000B), ("1.2.3", nil), ("1.2.3.4.5", nil), ("1.2.3.256", nil),
            ("01.2.3.4", nil), ("1..3.4", nil), (" 1.2.3.4", nil), ("1.2.3.+4", nil), ("", nil),
            ("1.2.3.4\n", nil), ("a.b.c.d", nil), ("1.2.3.-4", nil), ("1.2.3.00", nil),
            ("1.2.3.4\0", nil), ("0x7f.0.0.1", nil), ("127.1", nil), ("2130706433", nil),
            ("１.2.3.4", nil), ("::ffff:1.2.3.4", nil), ("1.2.3.4/32", nil),
        ]
        for (text, want) in rows {
            let address = IPv4Address(text)
            XCTAssertEqual(address?.rawValue, want, text)
            if let address { XCTAssertEqual(address.description, text) }
        }
    }

    func testSubnets() throws {
        let rows: [(text: String, inside: [String], outside: [String])] = [
            ("172.30.0.0/24", ["172.30.0.0", "172.30.0.255"], ["172.30.1.0", "172.29.255.255"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], []),
            ("10.0.0.1/32", ["10.0.0.1"], ["10.0.0.0", "10.0.0.2"]),
        ]
        for (text, inside, outside) in rows {
            let subnet = try XCTUnwrap(IPv4Subnet(text), text)
            XCTAssertEqual(subnet.description, text)
            for address in inside.compactMap({ IPv4Address($0) }) {
                XCTAssertTrue(subnet.contains(address), "\(address) in \(text)")
            }
            for address in outside.compactMap({ IPv4Address($0) }) {
                XCTAssertFalse(subnet.contains(address), "\(address) in \(text)")
            }
        }
        for text in [
            "10.0.0.1/24", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0", "/8",
            "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/", "10.0.0.0/ 8", "10.0.0.0/255.0.0.0",
            "fd00::/8",
        ] {
            XCTAssertNil(IPv4Subnet(text), text)
        }
    }
}
