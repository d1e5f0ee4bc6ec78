import Addresses
import Dispatch
import Foundation
import TestSupport
import XCTest

@testable import Platform

final class SocketTests: XCTestCase {
    private var soon: ContinuousClock.Instant { .now + .seconds(10) }

    func testBytesCrossOverEveryFamily() throws {
        let folder = try TemporaryDirectory()
        let addresses: [SocketAddress] = [
            .unix(path: folder.path + "/s"),
            .tcp(.four(.loopback), port: 0),
            .tcp(.six(.loopback), port: 0),
        ]
        for address in addresses {
            let listener = try StreamListener(on: address)
            let client = try StreamSocket.connect(to: listener.address, until: soon)
            let server = try listener.accept(until: soon)
            try client.write(Array("hello".utf8), until: soon)
            client.endWriting()
            XCTAssertEqual(try readAll(server), Array("hello".utf8), "\(address)")
            try server.write([1, 2, 3], until: soon)
            server.shutdown()
            XCTAssertEqual(try readAll(client), [1, 2, 3], "\(address)")
        }
    }

    func testMoreThanTheKernelBuffersCrosses() throws {
        let (client, server) = try pair()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let writing = DispatchGroup()
        let deadline = soon
        DispatchQueue.global().async(group: writing) {
            try? client.write(bytes, until: deadline)
            client.endWriting()
        }
        XCTAssertEqual(try readAll(server), bytes)
        writing.wait()
    }

    func testEveryWaitEndsAtItsDeadline() throws {
        let (client, server) = try pair()
        defer { withExtendedLifetime(server) {} }
        let calls: [(name: String, call: (ContinuousClock.Instant) throws -> Void)] = [
            ("read", { _ = try client.read(upTo: 1, until: $0) }),
            ("write", { try client.write([UInt8](repeating: 0, count: 8_000_000), until: $0) }),
        ]
        for (name, call) in calls {
            let begin = ContinuousClock.now
            XCTAssertThrowsError(try call(begin + .milliseconds(50)), name) { error in
                XCTAssertEqual((error as? SocketError)?.reason, .timedOut, name)
            }
            let took = ContinuousClock.now - begin
            XCTAssertGreaterThanOrEqual(took, .milliseconds(50), name)
            XCTAssertLessThan(took, .seconds(5), name)
        }
    }

    func testAConnectToAFullUnixListenerEndsAtItsDeadline() throws {
        let folder = try TemporaryDirectory()
        let address = SocketAddress.unix(path: folder.path + "/s")
        let listener = try StreamListener(on: address, backlog: 1)
        var waiting: [StreamSocket] = []
        XCTAssertThrowsError(
            try {
                while waiting.count < 100 {
                    waiting.append(
                        try StreamSocket.connect(to: address, until: .now + .milliseconds(50))
                    )
                }
            }()
        ) { error in
            XCTAssertEqual((error as? SocketError)?.reason, .timedOut)
        }
        XCTAssertFalse(waiting.isEmpty)
        withExtendedLifetime(listener) {}
    }

    func testShutdownWakesWhoWaits() throws {
        let (client, server) = try pair()
        let calls: [(name: String, wait: @Sendable () -> Void, wake: () -> Void)] = [
            ("read", { _ = try? client.read(upTo: 1, until: nil) }, { client.shutdown() }),
            (
                "write", { try? server.write([UInt8](repeating: 0, count: 8_000_000), until: nil) },
                { server.shutdown() }
            ),
        ]
        for (name, wait, wake) in calls {
            let returned = DispatchGroup()
            let begun = Gate()
            DispatchQueue(label: name).async(group: returned) {
                begun.open()
                wait()
            }
            begun.wait()
            wake()
            XCTAssertEqual(returned.wait(timeout: .now() + 10), .success, name)
        }
    }

    func testAClosedPeerIsAnErrorAndNotASignal() throws {
        let (client, server) = try pair()
        server.shutdown()
        let deadline = soon
        XCTAssertThrowsError(
            try {
                while true { try client.write([1], until: deadline) }
            }()
        ) { error in
            XCTAssertEqual((error as? SocketError)?.operation, .write)
        }
    }

    func testErrorsNameOperationAddressAndRemedy() throws {
        let folder = try TemporaryDirectory()
        let file = folder.path + "/file"
        XCTAssertTrue(FileManager.default.createFile(atPath: file, contents: nil))
        let table: [(address: SocketAddress, wants: [String])] = [
            (.unix(path: folder.path + "/none"), ["connect to", "/none", "No such file", "runs"]),
            (.unix(path: file), ["Connection refused", "listens"]),
            (.unix(path: String(repeating: "x", count: 108)), ["107 bytes"]),
            (.unix(path: ""), ["not a usable address"]),
            (.tcp(.six(.loopback), port: 1), ["connect to [::1]:1", "Connection refused"]),
        ]
        for (address, wants) in table {
            XCTAssertThrowsError(try StreamSocket.connect(to: address, until: soon)) { error in
                for want in wants { XCTAssertTrue("\(error)".contains(want), "\(error): \(want)") }
            }
        }
        XCTAssertNoThrow(
            try StreamListener(
                on: .unix(
                    path: folder.path + "/"
                        + String(repeating: "y", count: 106 - folder.path.utf8.count)
                )
            )
        )
    }

    func testDescriptorsAreClosed() throws {
        let before = try openDescriptors()
        for _ in 0..<50 {
            let (client, server) = try pair()
            try client.write([1], until: soon)
            _ = try server.read(upTo: 1, until: soon)
            XCTAssertThrowsError(
                try StreamSocket.connect(to: .unix(path: "/nowhere"), until: soon)
            )
        }
        XCTAssertLessThan(try openDescriptors(), before + 20)
    }

    private func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    private func pair() throws -> (client: StreamSocket, server: StreamSocket) {
        let folder = try TemporaryDirectory()
        let listener = try StreamListener(on: .unix(path: folder.path + "/s"))
        let client = try StreamSocket.connect(to: listener.address, until: soon)
        return (client, try listener.accept(until: soon))
    }

    private func readAll(_ socket: StreamSocket) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try socket.read(upTo: 64 * 1024, until: soon)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
