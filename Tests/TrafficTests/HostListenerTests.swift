import Platform
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

    func testTables() {
        let zero = String(repeating: "0", count: 32)
        let rows:
            [(name: String, table: String, transport: TransportProtocol, want: [HostListener])] =
                [
                    ("empty", "", .tcp, []),
                    ("head only", head, .tcp, []),
                    (
                        "any address", head + line("00000000:1F90", "0A"), .tcp,
                        [
                            .init(
                                port: 8080,
                                transport: .tcp,
                                address: IPv4Address(rawValue: 0),
                                inode: 4711
                            )
                        ]
                    ),
                    (
                        "loopback", head + line("0100007F:0050", "0A"), .tcp,
                        [.init(port: 80, transport: .tcp, address: .loopback, inode: 4711)]
                    ),
                    ("established", head + line("0100007F:0050", "01"), .tcp, []),
                    ("time wait", head + line("0100007F:0050", "06", inode: "0"), .tcp, []),
                    (
                        "udp", head + line("00000000:0035", "07"), .udp,
                        [
                            .init(
                                port: 53,
                                transport: .udp,
                                address: IPv4Address(rawValue: 0),
                                inode: 4711
                            )
                        ]
                    ),
                    ("connected udp", head + line("00000000:0035", "01"), .udp, []),
                    (
                        "ipv6 any", head + line("\(zero):1F90", "0A"), .tcp,
                        [
                            .init(
                                port: 8080,
                                transport: .tcp,
                                address: IPv4Address(rawValue: 0),
                                inode: 4711
                            )
                        ]
                    ),
                    (
                        "mapped", head + line("0000000000000000FFFF00000B001EAC:1F90", "0A"), .tcp,
                        [
                            .init(
                                port: 8080,
                                transport: .tcp,
                                address: Sample.address("172.30.0.11"),
                                inode: 4711
                            )
                        ]
                    ),
                    (
                        "ipv6 loopback", head + line("00000000000000000000000001000000:1F90", "0A"),
                        .tcp, []
                    ),
                    (
                        "garbage",
                        head + "x\n" + line("zz:1F90", "0A") + line("00:1", "0A") + "\n\n",
                        .tcp, []
                    ),
                    ("cut short", head + "   0: 00000000:1F90 00000000:0000 0A", .tcp, []),
                ]
        for (name, table, transport, want) in rows {
            XCTAssertEqual(HostListener.parse(table, transport), want, name)
        }
    }

    func testBlocking() {
        let any = HostListener(
            port: 80,
            transport: .tcp,
            address: IPv4Address(rawValue: 0),
            inode: 1
        )
        let loopback = HostListener(port: 80, transport: .tcp, address: .loopback, inode: 1)
        let other = Sample.address("10.0.0.1")
        let rows: [(HostListener, Entrance, TransportProtocol, Bool)] = [
            (any, .hostPort(80), .tcp, true), (any, .hostPort(80), .udp, false),
            (any, .hostPort(81), .tcp, false), (any, .address(other, port: 80), .tcp, true),
            (loopback, .hostPort(80), .tcp, true),
            (loopback, .address(.loopback, port: 80), .tcp, true),
            (loopback, .address(other, port: 80), .tcp, false),
        ]
        for (listener, entrance, transport, want) in rows {
            XCTAssertEqual(
                listener.blocks(entrance, transport),
                want,
                "\(listener) \(entrance) \(transport)"
            )
        }
    }
}
