import Addresses
import Foundation
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// Who waits at the host's ports, which ports can be held, and which addresses are the host's.
final class HostPortTests: XCTestCase {
    func testListenersAndReservations() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let server = try NetworkLabServer("taken", in: lab.host, port: 8080)
        addTeardownBlock { server.stop() }
        let found = try await director.listeners()
        XCTAssertEqual(found.map(\.port), [8080])
        XCTAssertEqual(found.first?.address, .four(.any))
        let listener = try XCTUnwrap(found.first)
        let owner = await director.owner(of: listener)
        XCTAssertEqual(owner?.process, getpid())
        do {
            _ = try await director.reserve(.hostPort(8080), .tcp)
            XCTFail("must not be free")
        } catch {
            XCTAssertEqual(error.kind, .exists)
        }
        let held = try await director.reserve(.hostPort(8081), .tcp)
        let datagrams = try await director.reserve(.hostPort(8081), .udp)
        let now = try await director.listeners()
        XCTAssertEqual(now.filter { $0.transport == .tcp }.map(\.port), [8080])
        XCTAssertEqual(now.filter { $0.transport == .udp }.map(\.inode), [datagrams.inode])
        XCTAssertThrowsError(try NetworkLabServer("late", in: lab.host, port: 8081))
        withExtendedLifetime(held) {}
    }

    /// Sockets of each kind, as the kernel tells of them, and what can still be held beside them.
    func testBothFamiliesAreToldApart() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        typealias Row = (name: String, socket: TestSocket, four: Bool, six: Bool)
        let rows: [Row] = [
            ("all of IPv4", .init("0.0.0.0"), false, true),
            ("both families", .init("::"), false, false),
            ("IPv6 alone", .init("::", isLimited: true), true, false),
            ("one address", .init("127.0.0.1"), false, true),
            ("a mapped address", .init("::ffff:127.0.0.1"), false, true),
            ("both families, datagrams", .init("::", .udp), false, false),
            ("IPv6 alone, datagrams", .init("::", .udp, isLimited: true), true, false),
        ]
        for row in rows {
            let descriptor = try lab.host.visit { () throws(TestSocket.Failure) in
                try row.socket.open(port: 8080)
            }
            defer { close(descriptor) }
            let transport = row.socket.transport
            let listeners = try await director.listeners()
            let isFree = { (entryPoint: EntryPoint) in
                !listeners.contains { PortClaim(entryPoint, transport)?.overlaps($0.claim) == true }
            }
            XCTAssertEqual(isFree(.hostPort(8080)), row.four, "\(row.name): \(listeners)")
            XCTAssertEqual(isFree(.hostPort6(8080)), row.six, "\(row.name): \(listeners)")
            for (entryPoint, want) in [
                (EntryPoint.hostPort(8080), row.four), (.hostPort6(8080), row.six),
            ] {
                let held = try? await director.reserve(entryPoint, transport)
                XCTAssertEqual(held != nil, want, "\(row.name): \(entryPoint)")
                guard let held else { continue }
                let second = try? await director.reserve(entryPoint, transport)
                XCTAssertNil(second, "\(row.name): held \(entryPoint)")
                withExtendedLifetime(held) {}
            }
        }
    }

    func testAddressesOfTheHost() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        try await RealParts.run(lab.host, "ip", "address", "add", "192.0.2.7/24", "dev", "lo")
        try await RealParts.run(lab.host, "ip", "address", "add", "2001:db8:9::7/64", "dev", "lo")
        let own = ["127.0.0.1", "127.8.9.10", "192.0.2.7"].compactMap { IPv4Address($0) }
        let foreign = ["169.254.169.254", "203.0.113.9", "8.8.8.8"].compactMap { IPv4Address($0) }
        let own6 = ["::1", "2001:db8:9::7"].compactMap { IPv6Address($0) }
        let foreign6 = ["2001:db8:9::8", "fd00::1"].compactMap { IPv6Address($0) }
        let all = Set((own + foreign).map(IPAddress.four) + (own6 + foreign6).map(IPAddress.six))
        let want = Set(foreign.map(IPAddress.four) + foreign6.map(IPAddress.six))
        var found: Set<IPAddress> = []
        // The kernel makes an address of IPv6 usable in the background.
        try await eventually("the host has its addresses") {
            found = try await director.foreignAddresses(among: all)
            return found.count <= want.count
        }
        XCTAssertEqual(found, want)
        // It goes, and comes elsewhere.
        try await RealParts.run(lab.host, "ip", "address", "del", "192.0.2.7/24", "dev", "lo")
        let gone = try await director.foreignAddresses(among: [.four(own[2])])
        XCTAssertEqual(gone, [.four(own[2])])
    }
}

/// A socket that waits.
private struct TestSocket {
    struct Failure: Error { let code: Int32 }

    let address: String
    let transport: TransportProtocol
    let isLimited: Bool

    init(_ address: String, _ transport: TransportProtocol = .tcp, isLimited: Bool = false) {
        self.address = address
        self.transport = transport
        self.isLimited = isLimited
    }

    func open(port: UInt16) throws(Failure) -> Int32 {
        let isSix = address.contains(":")
        let kind = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(kind.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        var (yes, limited): (Int32, Int32) = (1, isLimited ? 1 : 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        var status: Int32
        if isSix {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &limited, size)
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            inet_pton(AF_INET6, address, &name.sin6_addr)
            status = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &name.sin_addr)
            status = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        if status == 0, transport == .tcp { status = listen(descriptor, 1) }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(code: code)
        }
        return descriptor
    }
}
