import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// What it costs that connections which end with their container leave the kernel's table at once.
///
/// `BERTH_KEPT_CONNECTIONS` says how many there are; the figures to publish are those of 100,000.
final class DepartureCostTests: XCTestCase {
    private let host = Sample.address(NetworkLab.hostAddress)
    private let backend = IPAddress.four(Sample.address(NetworkLab.backendAddress(0)))
    private let kept =
        ProcessInfo.processInfo.environment["BERTH_KEPT_CONNECTIONS"].flatMap { Int($0) } ?? 2_000
    /// From one address; more need another one.
    private let portsOfACaller = 60_000

    func testAllKeptConnectionsEndAtOnce() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        try await director.enableConnectionEvents()
        try await route(director)
        try await prepare(lab)
        for isWatched in [false, true] {
            let server = try listen(in: lab.backends[0])
            try open(in: lab)
            try await director.watchClosedConnections(of: isWatched ? [backend] : [], in: "prod")
            let resting = CPUTime.ofProcess
            try await Task.sleep(for: .seconds(1))
            let atRest = CPUTime.ofProcess - resting
            XCTAssertEqual(try entries(in: lab.host), kept, "open connections")
            let (before, own) = (CPUTime.ofProcess, CPUTime.ofThread)
            close(server)
            let ending = CPUTime.ofThread - own
            try await quiet()
            let beside = CPUTime.ofProcess - before - ending
            print(
                "\(kept) connections, \(isWatched ? "watched" : "not watched"): "
                    + "CPU in a second at rest \(atRest); at their end \(ending) of the kernel "
                    + "that resets them and \(beside) beside"
            )
            XCTAssertEqual(try entries(in: lab.host), 0, "left over")
            XCTAssertLessThan(beside, .microseconds(200) * kept + .milliseconds(200))
        }
    }

    /// Connections need no open file at either end: the server's wait to be accepted, and what
    /// the callers' kernel has to say at their end does not go out.
    private func prepare(_ lab: NetworkLab) async throws {
        let queue = "net.core.somaxconn=\(kept)"
        try await RealParts.run(lab.backends[0], "sysctl", "-qw", queue)
        let silence = """
            table ip silence {
                chain output {
                    type filter hook output priority 0;
                    tcp flags & (fin | rst) != 0 drop
                }
            }
            """
        try await RealParts.run(lab.client, "nft", silence)
        for address in addresses {
            try await RealParts.run(
                lab.client,
                "ip",
                "address",
                "add",
                "\(address)/24",
                "dev",
                "eth0"
            )
        }
    }

    private func listen(in namespace: NetworkNamespace) throws -> Int32 {
        let server = try namespace.visit { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        var yes: Int32 = 1
        setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = RawSocketAddress(.four(.any), port: 80).read { bind(server, $0, $1) }
        XCTAssertEqual(bound, 0)
        XCTAssertEqual(Glibc.listen(server, Int32(kept)), 0)
        return server
    }

    private func open(in lab: NetworkLab) throws {
        for number in 0..<kept {
            let caller = try lab.client.visit { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
            var yes: Int32 = 1
            setsockopt(caller, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            SocketCalls.setTimeout(caller, .seconds(5))
            let port = UInt16(2_000 + number % portsOfACaller)
            let bound = RawSocketAddress(.four(addresses[number / portsOfACaller]), port: port).read
            {
                bind(caller, $0, $1)
            }
            let isConnected = SocketCalls.connect(caller, host, 8080)
            SocketCalls.resetOnClose(caller)
            close(caller)
            guard bound == 0, isConnected else {
                return XCTFail("connection \(number): \(bound) \(isConnected)")
            }
        }
    }

    private var addresses: [IPv4Address] {
        (0...(kept - 1) / portsOfACaller).map { Sample.address("10.99.0.\(100 + $0)") }
    }

    private func route(_ director: TrafficDirector) async throws {
        let network = Network(
            environment: "prod",
            bridge: "br-lab",
            subnet: Sample.subnet("172.30.0.0/24")
        )
        let chain = Sample.web([.hostPort(8080)], [Sample.backend(1)])
        let wanted = try Sample.ruleset([chain], networks: [network])
        if let changes = wanted.changes(from: try await director.observe()) {
            try await director.apply(changes)
        }
    }

    /// Until this process has nothing left to do.
    private func quiet() async throws {
        var used = CPUTime.ofProcess
        try await eventually("all announcements are read") {
            try await Task.sleep(for: .milliseconds(100))
            defer { used = CPUTime.ofProcess }
            return CPUTime.ofProcess - used < .milliseconds(2)
        }
    }

    private func entries(in namespace: NetworkNamespace) throws -> Int {
        var count = 0
        try namespace.visit { () throws(SystemCallFailure) in
            try ConntrackTable.visit { if $0.original.destinationPort == 8080 { count += 1 } }
        }
        return count
    }
}

/// CPU time that was used so far, in user and kernel.
private enum CPUTime {
    static var ofProcess: Duration { time(of: CLOCK_PROCESS_CPUTIME_ID) }
    static var ofThread: Duration { time(of: CLOCK_THREAD_CPUTIME_ID) }

    private static func time(of clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
