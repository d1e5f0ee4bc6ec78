import Addresses
import Foundation
import TestSupport
import XCTest

@testable import Platform

final class SocketProbeTests: XCTestCase {
    func testSeesAnOpenPort() async throws {
        for host in [IPAddress.four(.loopback), .six(.loopback)] {
            let listener = try StreamListener(on: .tcp(host, port: 0))
            try await StreamSocket.probe(listener.address, timeout: .seconds(5))
        }
    }

    func testSeesAClosedPort() async throws {
        for host in [IPAddress.four(.loopback), .six(.loopback)] {
            let address = try closedPort(host)
            let error = await failure(of: address, timeout: .seconds(5))
            XCTAssertEqual(error?.isRefused, true, "\(String(describing: error))")
        }
    }

    /// Repeated connects to a closed port in the ephemeral range meet themselves sooner or later.
    func testAPortThatConnectsToItselfIsClosed() async throws {
        // Linux gives connecting sockets ports of the range's own parity first.
        let address = try closedPort(.four(.loopback), parity: 0)
        for _ in 0..<40_000 {
            let error = await failure(of: address, timeout: .seconds(5))
            guard error?.isRefused == true else {
                return XCTFail("\(String(describing: error))")
            }
        }
    }

    /// A listener whose queue is full leaves a SYN unanswered, like a host that is not there.
    func testGivesUpInTimeAndOnCancellation() async throws {
        let listener = try StreamListener(on: .tcp(.four(.loopback), port: 0), backlog: 0)
        var waiting: [StreamSocket] = []
        while waiting.count < 10,
            let socket = try? StreamSocket.connect(
                to: listener.address,
                until: .now + .milliseconds(100)
            )
        {
            waiting.append(socket)
        }
        let address = listener.address
        let begin = ContinuousClock.now
        let late = await failure(of: address, timeout: .milliseconds(50))
        XCTAssertEqual(late?.reason, .timedOut)
        XCTAssertGreaterThanOrEqual(ContinuousClock.now - begin, .milliseconds(50))

        let task = Task { await failure(of: address, timeout: .seconds(60)) }
        task.cancel()
        let cancelled = await task.value
        XCTAssertEqual(cancelled?.reason, .cancelled)
        XCTAssertLessThan(ContinuousClock.now - begin, .seconds(20))
    }

    /// Many waits at once need no thread each, and hold none of Swift's.
    func testManyProbesWaitTogether() async throws {
        let listener = try StreamListener(on: .tcp(.four(.loopback), port: 0), backlog: 0)
        var waiting: [StreamSocket] = []
        while waiting.count < 10,
            let socket = try? StreamSocket.connect(
                to: listener.address,
                until: .now + .milliseconds(100)
            )
        {
            waiting.append(socket)
        }
        let address = listener.address
        let begin = ContinuousClock.now
        await withTaskGroup(of: SocketError?.self) { group in
            for _ in 0..<200 {
                group.addTask { await failure(of: address, timeout: .milliseconds(300)) }
            }
            for await error in group { XCTAssertEqual(error?.reason, .timedOut) }
        }
        XCTAssertLessThan(ContinuousClock.now - begin, .seconds(5))
    }

    private func closedPort(_ host: IPAddress, parity: UInt16? = nil) throws -> SocketAddress {
        for port in UInt16(40_000)..<50_000 where parity == nil || port % 2 == parity {
            if let listener = try? StreamListener(on: .tcp(host, port: port)) {
                return listener.address
            }
        }
        return try StreamListener(on: .tcp(host, port: 0)).address
    }
}

private func failure(of address: SocketAddress, timeout: Duration) async -> SocketError? {
    do throws(SocketError) {
        try await StreamSocket.probe(address, timeout: timeout)
        return nil
    } catch {
        return error
    }
}
