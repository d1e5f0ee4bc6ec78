import Platform
import XCTest

final class IPv6Tests: XCTestCase {
    func testAddresses() {
        let rows: [(text: String, want: String?)] = [
            ("::", "::"), ("::1", "::1"), ("FD00:0:0::AC1E:2", "fd00::ac1e:2"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("fd00::172.30.0.2", "fd00::ac1e:2"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("", nil), ("1", nil), ("10.0.0.1", nil), ("fe80::1%eth0", nil), ("1::2::3", nil),
            ("[::1]", nil), (" ::1", nil), ("::1\0", nil), ("12345::", nil),
        ]
        for (text, want) in rows {
            XCTAssertEqual(IPv6Address(text)?.description, want, text.debugDescription)
        }
    }

    func testSubnets() throws {
        let rows: [(text: String, inside: [String], outside: [String])] = [
            ("fd00:1::/64", ["fd00:1::", "fd00:1::ffff:0:0:1"], ["fd00:1:0:1::", "::"]),
            ("fd00::/96", ["fd00::ffff:ffff"], ["fd00::1:0:0"]),
            ("::/0", ["::", "ff02::1"], []), ("::1/128", ["::1"], ["::2", "::"]),
            ("fd00::8000:0:0:0/65", ["fd00::8000:0:0:1"], ["fd00::1"]),
        ]
        for (text, inside, outside) in rows {
            let subnet = try XCTUnwrap(IPv6Subnet(text), text)
            XCTAssertEqual(subnet.description, text)
            for address in inside.compactMap({ IPv6Address($0) }) {
                XCTAssertTrue(subnet.contains(address), "\(text) \(address)")
            }
            for address in outside.compactMap({ IPv6Address($0) }) {
                XCTAssertFalse(subnet.contains(address), "\(text) \(address)")
            }
        }
        for text in ["fd00::1/64", "fd00::/129", "fd00::/-1", "fd00::/064", "fd00::", "10.0.0.0/8"]
        {
            XCTAssertNil(IPv6Subnet(text), text)
        }
    }

    func testAddressesOfBothFamiliesEndAlike() throws {
        let four = try XCTUnwrap(IPv4Address("172.30.1.2"))
        let six = try XCTUnwrap(IPv6Subnet("fd00:1::/64")?.embedding(four))
        XCTAssertEqual(six.description, "fd00:1::ac1e:102")
        XCTAssertNotNil(IPv6Subnet("fd00:1::/96")?.embedding(four))
        XCTAssertNil(IPv6Subnet("fd00:1::/97")?.embedding(four))
        XCTAssertLessThan(IPAddress.four(four), .six(six))
    }
}
