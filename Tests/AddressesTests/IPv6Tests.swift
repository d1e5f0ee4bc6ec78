import Addresses
import Foundation
import TestSupport
import XCTest

final class IPv6Tests: XCTestCase {
    func testAddresses() {
        let rows: [(text: String, want: String?)] = [
            ("::", "::"), ("::1", "::1"), ("FD00:0:0::AC1E:2", "fd00::ac1e:2"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("fd00::172.30.0.2", "fd00::ac1e:2"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("", nil), ("1", nil), ("10.0.0.1", nil), ("fe80::1%eth0", nil), ("1::2::3", nil),
            ("[::1]", nil), (" ::1", nil), ("::1\0", nil), ("12345::", nil), ("00001::", nil),
            ("0001::", "1::"), (":", nil), (":::", nil), (":1", nil), ("1:", nil), (":1::", nil),
            ("1::2:", nil), ("+1::", nil), ("g::", nil), ("１::", nil), ("::/0", nil),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7", nil),
            ("1:2:3:4:5:6:7:8:9", nil), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4::5:6:7:8", nil),
            ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"), ("1:2:3:4:5:6:7:8.9.10.11", nil),
            ("1.2.3.4::", nil), ("::1.2.3.4:5", nil), ("::1.2.3.04", nil), ("::1.2.3", nil),
            ("::FFFF:1.2.3.4", "::ffff:1.2.3.4"), ("::1.2.3.4", "::1.2.3.4"),
            ("::0.0.0.1", "::1"), ("::0.1.0.0", "::0.1.0.0"), ("0:0:1::", "0:0:1::"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
            ("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"),
        ]
        for (text, want) in rows {
            XCTAssertEqual(IPv6Address(text)?.description, want, text.debugDescription)
        }
    }

    /// The C library is what the other programs on the host read and print addresses with.
    func testTheTextsAreThoseOfTheCLibrary() {
        var random = SeededGenerator.reported()
        let pieces = ["0", "1", "ab", "FFFF", "00f", "12345", ":", ":", ":", "::", "1.2.3.4", "."]
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...16, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            check(text)
            // Mostly zeros, so that runs of them are found.
            let groups = (0..<8).map { _ -> String in
                let isZero = Bool.random(using: &random)
                let group = isZero ? 0 : UInt16.random(in: 0 ... .max, using: &random)
                return String(group, radix: 16)
            }
            check(groups.joined(separator: ":"))
        }
    }

    private func check(_ text: String) {
        var raw = in6_addr()
        let isAddress = inet_pton(AF_INET6, text, &raw) == 1
        let address = IPv6Address(text)
        XCTAssertEqual(address != nil, isAddress, text)
        guard isAddress, let address else { return }
        XCTAssertEqual(address.bytes, withUnsafeBytes(of: raw) { Array($0) }, text)
        XCTAssertEqual(IPv6Address(bytes: address.bytes), address)
        var printed = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &raw, &printed, socklen_t(printed.count))
        let want = printed.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        XCTAssertEqual(address.description, String(decoding: want, as: UTF8.self), text)
        XCTAssertEqual(IPv6Address(address.description), address)
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
