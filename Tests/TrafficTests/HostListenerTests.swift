import Addresses
import XCTest

@testable import Traffic

final class HostListenerTests: XCTestCase {
    private let head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        + "timeout inode\n"

    private func line(_ local: String, _ state: String, inode: String = "4711") -> String {
        "   0: \(local) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000     0        "
            + "0 \(inode) 1 0000000000000000 100 0 0 10 0\n"
    }

    private func found(
        _ address: IPAddress,
        port: UInt16 = 8080,
        _ transport: TransportProtocol = .tcp,
        isDualStack: Bool = false,
        inode: UInt64 = 4711
    ) -> HostListener {
        HostListener(
            port: port,
            transport: transport,
            address: address,
            isDualStack: isDualStack,
            inode: inode
        )
    }

    func testTables() throws {
        let zero = String(repeating: "0", count: 32)
        let mapped = try XCTUnwrap(IPv6Address("::ffff:172.30.0.11"))
        let global = try XCTUnwrap(IPv6Address("2001:db8::1"))
        let rows:
            [(name: String, table: String, transport: TransportProtocol, want: [HostListener])] = [
                ("empty", "", .tcp, []), ("head only", head, .tcp, []),
                ("any address", head + line("00000000:1F90", "0A"), .tcp, [found(.four(.any))]),
                (
                    "loopback", head + line("0100007F:0050", "0A"), .tcp,
                    [found(.four(.loopback), port: 80)]
                ),
                ("established", head + line("0100007F:0050", "01"), .tcp, []),
                ("time wait", head + line("0100007F:0050", "06", inode: "0"), .tcp, []),
                (
                    "udp", head + line("00000000:0035", "07"), .udp,
                    [found(.four(.any), port: 53, .udp)]
                ),
                ("connected udp", head + line("00000000:0035", "01"), .udp, []),
                (
                    "both families", head + line("\(zero):1F90", "0A"), .tcp,
                    [found(.six(.any), isDualStack: true)]
                ),
                (
                    "IPv6 alone", head + line("\(zero):1F90", "0A", inode: "12"), .tcp,
                    [found(.six(.any), inode: 12)]
                ),
                (
                    "mapped", head + line("0000000000000000FFFF00000B001EAC:1F90", "0A"), .tcp,
                    [found(.six(mapped))]
                ),
                (
                    "one of IPv6", head + line("B80D0120000000000000000001000000:1F90", "0A"), .tcp,
                    [found(.six(global))]
                ),
                (
                    "loopback of IPv6", head + line("00000000000000000000000001000000:1F90", "0A"),
                    .tcp, [found(.six(.loopback))]
                ),
                (
                    "garbage",
                    head + "x\n" + line("zz:1F90", "0A") + line("00:1", "0A") + "\n\n"
                        + line("000000000000000000000000:1F90", "0A")
                        + line("00000000:1FFFF90", "0A")
                        + line("00000000:1F90", "0A", inode: "-1"), .tcp, []
                ),
                ("cut short", head + "   0: 00000000:1F90 00000000:0000 0A", .tcp, []),
            ]
        for (name, table, transport, want) in rows {
            XCTAssertEqual(HostListener.parse(table, transport, limited: [12]), want, name)
        }
    }
}
