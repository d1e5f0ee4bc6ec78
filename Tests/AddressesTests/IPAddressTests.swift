import Addresses
import Foundation
import XCTest

final class IPAddressTests: XCTestCase {
    func testBothFamiliesAreRead() throws {
        let rows: [(text: String, isIPv6: Bool, isAny: Bool, isLoopback: Bool, withPort: String)] =
            [
                ("0.0.0.0", false, true, false, "0.0.0.0:80"),
                ("127.0.0.1", false, false, true, "127.0.0.1:80"),
                ("127.255.0.9", false, false, true, "127.255.0.9:80"),
                ("128.0.0.1", false, false, false, "128.0.0.1:80"),
                ("::", true, true, false, "[::]:80"), ("::1", true, false, true, "[::1]:80"),
                ("::ffff:127.0.0.1", true, false, false, "[::ffff:127.0.0.1]:80"),
                ("2001:DB8::1", true, false, false, "[2001:db8::1]:80"),
            ]
        for (text, isIPv6, isAny, isLoopback, withPort) in rows {
            let address = try XCTUnwrap(IPAddress(text), text)
            XCTAssertEqual(address.isIPv6, isIPv6, text)
            XCTAssertEqual(address.isAny, isAny, text)
            XCTAssertEqual(address.isLoopback, isLoopback, text)
            XCTAssertEqual(address.text(port: 80), withPort, text)
            XCTAssertEqual(address.bytes.count, isIPv6 ? 16 : 4, text)
        }
        for text in ["", "localhost", "1.2.3.4/32", "fe80::1%lo", "[::1]", "01.2.3.4"] {
            XCTAssertNil(IPAddress(text), text)
        }
    }

    func testAMappedAddressStandsForOneOfIPv4() throws {
        let rows: [(text: String, unmapped: String)] = [
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
            ("::ffff:0:0", "0.0.0.0"), ("192.0.2.1", "192.0.2.1"), ("::192.0.2.1", "::192.0.2.1"),
            ("1::ffff:c000:201", "1::ffff:c000:201"), ("::fffe:192.0.2.1", "::fffe:c000:201"),
        ]
        for (text, unmapped) in rows {
            let address = try XCTUnwrap(IPAddress(text), text)
            XCTAssertEqual("\(address.unmapped)", unmapped, text)
            XCTAssertEqual(address.number, address.unmapped.number, text)
        }
    }

    func testAddressesAreOrderedAsNumbersThoseOfIPv4First() {
        let texts = ["0.0.0.0", "9.0.0.0", "10.0.0.0", "255.0.0.0", "::", "::9", "::10", "ff::"]
        let addresses = texts.compactMap { IPAddress($0) }
        XCTAssertEqual(addresses.shuffled().sorted(), addresses)
    }

    func testPrefixesOfBothFamilies() throws {
        let rows: [(one: String, other: String, contains: Bool, overlaps: Bool)] = [
            ("10.0.0.0/8", "10.1.0.0/16", true, true), ("10.1.0.0/16", "10.0.0.0/8", false, true),
            ("10.0.0.0/9", "10.128.0.0/9", false, false), ("0.0.0.0/0", "::/0", false, false),
            ("::/0", "0.0.0.0/0", false, false), ("::/8", "10.0.0.0/8", false, false),
            ("fd00::/8", "fd12::/64", true, true), ("fe80::/10", "fd00::/8", false, false),
            ("0.0.0.0/0", "255.255.255.255/32", true, true), ("::/0", "ffff::/16", true, true),
        ]
        for (one, other, contains, overlaps) in rows {
            let (first, second) = (try XCTUnwrap(IPSubnet(one)), try XCTUnwrap(IPSubnet(other)))
            XCTAssertEqual(first.contains(second), contains, "\(one) \(other)")
            XCTAssertEqual(first.overlaps(second), overlaps, "\(one) \(other)")
            XCTAssertEqual(second.overlaps(first), overlaps, "\(other) \(one)")
            XCTAssertEqual(first.contains(second.first), contains || first.first == second.first)
        }
        let odd = [
            "10.0.0.0/33", "::/129", "10.0.0.1/8", "fd00::1/64", "10.0.0.0", "::", "fe80::%lo/64",
            "10.0.0.0/08", "::/", "/0", "",
        ]
        for text in odd { XCTAssertNil(IPSubnet(text), text) }
        let last = try ["172.16.0.0/12", "10.0.0.9/32", "fd00::/120", "::/0"].map {
            "\(try XCTUnwrap(IPSubnet($0)).last)"
        }
        let ones = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        XCTAssertEqual(last, ["172.31.255.255", "10.0.0.9", "fd00::ff", ones])
    }

    func testJSONHoldsTheTexts() throws {
        struct Row: Codable, Equatable {
            var four: IPv4Address
            var six: IPv6Address
            var any: IPAddress
            var subnet: IPv4Subnet
            var none: IPv6Address?
        }
        let text = #"{"any":"::1","four":"10.0.0.1","six":"fd00::1","subnet":"10.0.0.0/8"}"#
        let row = try JSONDecoder().decode(Row.self, from: Data(text.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        XCTAssertEqual(String(decoding: try encoder.encode(row), as: UTF8.self), text)
        let wrong = text.replacing("10.0.0.1", with: "10.0.0.01")
        XCTAssertThrowsError(try JSONDecoder().decode(Row.self, from: Data(wrong.utf8))) {
            XCTAssertTrue("\($0)".contains("is not an IP address"), "\($0)")
        }
    }
}
