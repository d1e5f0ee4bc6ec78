import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

@testable import DockerEngine

final class LogTests: XCTestCase {
    private let call = EngineCall(.get, "/containers/c/logs")

    private func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let length = UInt32(text.utf8.count)
        return [stream, 0, 0, 0]
            + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
            + Array(text.utf8)
    }

    func testTakesFramesApartInAnyCut() throws {
        let bytes =
            frame(1, "out\n") + frame(2, "") + frame(2, "err\n") + frame(0, "in") + frame(1, "x")
        for size in [1, 2, 3, 7, 8, 9, bytes.count] {
            var reader = LogReader(isTerminal: false, limit: 1000)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try reader.add(Array(bytes[start..<min(start + size, bytes.count)]), call)
            }
            XCTAssertEqual(reader.log.text, "out\nerr\ninx", "\(size)")
            XCTAssertEqual(reader.log.entries.map(\.stream), [.output, .error, .output, .output])
            XCTAssertFalse(reader.log.isTruncated)
        }
    }

    func testATerminalHasNoFrames() throws {
        var reader = LogReader(isTerminal: true, limit: 1000)
        try reader.add(frame(1, "out"), call)
        XCTAssertEqual(reader.log.entries.count, 1)
        XCTAssertEqual(reader.log.entries.first?.bytes, frame(1, "out"))
    }

    func testKeepsTheNewestBytes() throws {
        var reader = LogReader(isTerminal: false, limit: 10)
        for index in 0..<1000 { try reader.add(frame(1, "line \(index)\n"), call) }
        XCTAssertEqual(reader.log.text, "\nline 999\n")
        XCTAssertTrue(reader.log.isTruncated)

        var terminal = LogReader(isTerminal: true, limit: 4)
        for _ in 0..<100 { try terminal.add(Array("abcdefg".utf8), call) }
        XCTAssertEqual(terminal.log.text, "defg")
        XCTAssertTrue(terminal.log.isTruncated)

        var whole = LogReader(isTerminal: false, limit: 4)
        try whole.add(frame(1, "abcdefghijkl"), call)
        XCTAssertEqual(whole.log.text, "ijkl")
    }

    func testWhatIsNotFramedIsRefused() {
        for bytes in [
            Array("plain text".utf8), [3, 0, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 0, 0, 0, 1],
        ] {
            var reader = LogReader(isTerminal: false, limit: 10)
            XCTAssertThrowsError(try reader.add(bytes, call)) { error in
                XCTAssertEqual((error as? EngineError)?.kind, .malformedResponse)
            }
        }
    }

    func testAsksWhetherThereIsATerminalFirst() async throws {
        for (isTerminal, want) in [(false, "hello"), (true, "raw")] {
            let frames = frame(1, "hello")
            let engine = try StubEngine { request in
                guard request.head.target.contains("/logs") else {
                    return .json(
                        #"{"Id":"1","Name":"/c","Image":"x","State":{"Status":"running"},"#
                            + #""Config":{"Tty":\#(isTerminal)},"HostConfig":{}}"#
                    )
                }
                let body = isTerminal ? Array("raw".utf8) : frames
                return .chunks([]) + [.send(ChunkedCoding.chunk(body))] + .end
            }
            let log = try await engine.client.containerLog(
                "c",
                tail: 20,
                since: Timestamp(seconds: 5)
            )
            XCTAssertEqual(log.text, want)
            XCTAssertEqual(
                engine.asked.last,
                "GET /v1.41/containers/c/logs?stdout=1&stderr=1&tail=20&since=5.000000000"
            )
            engine.server.stop()
        }
    }
}
