import Addresses
import Platform
import TestSupport
import XCTest

@testable import Traffic

final class NetlinkTests: XCTestCase {
    func testStatesThatMayCarryData() {
        // The order of <linux/netfilter/nf_conntrack_tcp.h>.
        let states: [(name: String, isOpen: Bool)] = [
            ("NONE", false), ("SYN_SENT", true), ("SYN_RECV", true), ("ESTABLISHED", true),
            ("FIN_WAIT", true), ("CLOSE_WAIT", true), ("LAST_ACK", false), ("TIME_WAIT", false),
            ("CLOSE", false), ("SYN_SENT2", false),
        ]
        for (number, state) in states.enumerated() {
            var entry = ConntrackEntry()
            entry.tcpState = UInt8(number)
            XCTAssertEqual(entry.isOpenConnection, state.isOpen, state.name)
        }
        XCTAssertFalse(ConntrackEntry().isOpenConnection, "no TCP")
    }

    func testWhatIsWrittenReadsBack() {
        var tuple = NetlinkBytes()
        var addresses = NetlinkBytes()
        addresses.append(attribute: 1, [10, 0, 0, 1])
        addresses.append(attribute: 2, [172, 30, 0, 11])
        var ports = NetlinkBytes()
        ports.append(attribute: 1, [6])
        ports.append(attribute: 2, [0x9C, 0x40])
        ports.append(attribute: 3, [0, 80])
        tuple.append(attribute: 1 | 0x8000, addresses.bytes)
        tuple.append(attribute: 2 | 0x8000, ports.bytes)
        var state = NetlinkBytes()
        state.append(attribute: 1, [3])
        var info = NetlinkBytes()
        info.append(attribute: 1, state.bytes)
        var entry = NetlinkBytes()
        entry.append(attribute: 1, tuple.bytes)
        entry.append(attribute: 2, tuple.bytes)
        entry.append(attribute: 4, info.bytes)
        entry.append(attribute: 12, [1, 2, 3, 4])
        let read = entry.bytes.withUnsafeBytes { ConntrackTable.entry(.init(bytes: $0)) }
        XCTAssertEqual(read.original.source.description, "10.0.0.1")
        XCTAssertEqual(read.original.destination.description, "172.30.0.11")
        XCTAssertEqual(read.original.sourcePort, 40000)
        XCTAssertEqual(read.original.destinationPort, 80)
        XCTAssertEqual(read.original.transport, 6)
        XCTAssertEqual(read.reply, read.original)
        XCTAssertEqual(read.tcpState, 3)
        let identity = entry.bytes.withUnsafeBytes { ConntrackIdentity(read, .init(bytes: $0)) }
        XCTAssertEqual(identity.attributes.bytes.count, 4 + tuple.bytes.count + 8)
    }

    func testNoBytesAreReadBeyondTheirEnd() {
        var generator = SeededGenerator.reported()
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...96, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Plausible lengths get further than random ones.
            for index in stride(from: 0, to: count, by: 4) where Bool.random(using: &generator) {
                bytes[index] = UInt8.random(in: 0...32, using: &generator)
                if index + 1 < count { bytes[index + 1] = 0 }
            }
            bytes.withUnsafeBytes { raw in
                _ = NetlinkMessage.visit(raw) { message in
                    _ = ConntrackTable.entry(message.attributes(after: 4))
                }
                _ = ConntrackTable.entry(NetlinkAttributes(bytes: raw))
                let number: UInt32? = NetlinkAttributes(bytes: raw).number(10)
                _ = number
            }
        }
    }
}
