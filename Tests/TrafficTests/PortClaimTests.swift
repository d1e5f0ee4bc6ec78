import Addresses
import XCTest

@testable import Traffic

/// What cannot stand beside what, by family, address, protocol and port.
final class PortClaimTests: XCTestCase {
    private let one = IPv4Address(rawValue: 0xC612_5B01)  // 198.18.91.1
    private let other = IPv4Address(rawValue: 0xC612_5B02)
    private let one6 = IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1)

    private func listener(_ address: String, isDualStack: Bool = false) throws -> PortClaim {
        let four = IPv4Address(address).map(IPAddress.four)
        let six = IPv6Address(address).map(IPAddress.six)
        return HostListener(
            port: 8080,
            transport: .tcp,
            address: try XCTUnwrap(four ?? six),
            isDualStack: isDualStack,
            inode: 1
        ).claim
    }

    func testWaysInAgainstEachOther() throws {
        let mapped = IPv6Address(high: 0, low: 0xFFFF_0000_0000 | UInt64(one.rawValue))
        let rows: [(EntryPoint, EntryPoint, Bool)] = [
            (.hostPort(80), .hostPort(80), true), (.hostPort(80), .hostPort(81), false),
            (.hostPort(80), .port(80, at: .four(one)), true),
            (.hostPort(80), .port(80, at: .four(.loopback)), true),
            (.hostPort(80), .port(81, at: .four(one)), false),
            (.port(80, at: .four(one)), .port(80, at: .four(one)), true),
            (.port(80, at: .four(one)), .port(80, at: .four(other)), false),
            (.hostPort(80), .hostPort6(80), false),
            (.hostPort(80), .port(80, at: .six(one6)), false),
            (.hostPort6(80), .port(80, at: .six(one6)), true),
            (.hostPort6(80), .port(80, at: .six(.loopback)), false),
            (.hostPort6(80), .port(80, at: .four(one)), false),
            (.port(80, at: .six(mapped)), .port(80, at: .four(one)), true),
            (.port(80, at: .six(mapped)), .hostPort(80), true),
            (.port(80, at: .six(mapped)), .hostPort6(80), false),
        ]
        for (left, right, want) in rows {
            let (one, two) = (PortClaim(left, .tcp), PortClaim(right, .tcp))
            let words = "\(left) \(right)"
            XCTAssertEqual(try XCTUnwrap(one).overlaps(try XCTUnwrap(two)), want, words)
            XCTAssertEqual(try XCTUnwrap(two).overlaps(try XCTUnwrap(one)), want, words)
            let datagrams = try XCTUnwrap(PortClaim(right, .udp))
            XCTAssertFalse(try XCTUnwrap(one).overlaps(datagrams), words)
        }
        XCTAssertNil(PortClaim(.service(one, bridge: "br-prod"), .tcp))
    }

    func testWaysInAgainstListeners() throws {
        let rows: [(name: String, listener: PortClaim, blocked: Set<EntryPoint>)] = [
            (
                "all of IPv4", try listener("0.0.0.0"),
                [.hostPort(8080), .port(8080, at: .four(one))]
            ),
            (
                "both families", try listener("::", isDualStack: true),
                [
                    .hostPort(8080), .port(8080, at: .four(one)), .hostPort6(8080),
                    .port(8080, at: .six(one6)),
                ]
            ),
            (
                "IPv6 alone", try listener("::"), [.hostPort6(8080), .port(8080, at: .six(one6))]
            ),
            (
                "one address", try listener("198.18.91.1"),
                [.hostPort(8080), .port(8080, at: .four(one))]
            ),
            ("another address", try listener("198.18.91.2"), [.hostPort(8080)]),
            ("loopback", try listener("127.0.0.1"), [.hostPort(8080)]),
            (
                "a mapped address", try listener("::ffff:198.18.91.1"),
                [.hostPort(8080), .port(8080, at: .four(one))]
            ),
            (
                "all mapped addresses", try listener("::ffff:0.0.0.0"),
                [.hostPort(8080), .port(8080, at: .four(one))]
            ),
            (
                "one of IPv6", try listener("2001:db8::1"),
                [.hostPort6(8080), .port(8080, at: .six(one6))]
            ),
            // No packet from there goes over a bridge, so the table leaves it alone.
            ("loopback of IPv6", try listener("::1"), []),
        ]
        let ways: [EntryPoint] = [
            .hostPort(8080), .port(8080, at: .four(one)), .hostPort6(8080),
            .port(8080, at: .six(one6)), .hostPort(8081),
        ]
        for row in rows {
            let blocked = ways.filter { PortClaim($0, .tcp)?.overlaps(row.listener) == true }
            XCTAssertEqual(Set(blocked), row.blocked, row.name)
        }
    }

    func testRangesOfNumbers() {
        typealias Ranges = NumberRanges<UInt8>
        let some = Ranges([5...9, 1...2, 3...4, 250...255, 8...12])
        XCTAssertEqual(some.ranges, [1...12, 250...255])
        XCTAssertEqual(some.complement.ranges, [0...0, 13...249])
        XCTAssertEqual(some.complement.complement, some)
        XCTAssertEqual(Ranges([]).complement, .all)
        XCTAssertTrue(Ranges.all.complement.isEmpty)
        let parts = Ranges([0...3, 5...5, 11...251])
        XCTAssertEqual(some.intersection(parts).ranges, [1...3, 5...5, 11...12, 250...251])
        XCTAssertEqual(parts.intersection(some), some.intersection(parts))
        XCTAssertTrue(some.isSuperset(of: Ranges([5...7, 251...251])))
        XCTAssertFalse(some.isSuperset(of: Ranges([12...13])))
    }
}
