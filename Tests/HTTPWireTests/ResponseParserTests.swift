import TestSupport
import XCTest

@testable import HTTPWire

final class ResponseParserTests: XCTestCase {
    func testNothingIsReadAfterAnError() {
        let table = [
            ("chunk size", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nx\nHTTP/1.0 200 OK\n\n"),
            ("status line", "HTTP/1.1 x\nHTTP/1.0 200 OK\n\n"),
        ]
        for (name, input) in table {
            var parser = ResponseParser(method: "GET", limits: WireLimits(bodyBytes: 1000))
            parser.receive(input.wire)
            var errors: [WireError] = []
            for _ in 0..<4 {
                do throws(WireError) {
                    if let part = try parser.next(), !errors.isEmpty {
                        XCTFail("\(name): \(part)")
                    }
                } catch {
                    errors.append(error)
                }
            }
            XCTAssertGreaterThanOrEqual(errors.count, 3, name)
            XCTAssertEqual(Set(errors.map { "\($0)" }).count, 1, name)
        }
    }

    func testReadsWhatStandsInTheMessage() {
        let table: [(name: String, input: String, method: String, status: Int, body: String)] = [
            ("length", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "GET", 200, "hello"),
            ("length zero", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "GET", 200, ""),
            (
                "bytes after the body", "HTTP/1.1 200 OK\nContent-Length: 2\n\nokmore", "GET", 200,
                "ok"
            ),
            (
                "same length twice",
                "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 2\n\nok", "GET", 200, "ok"
            ),
            ("until close", "HTTP/1.0 200 OK\n\neverything", "GET", 200, "everything"),
            ("no reason", "HTTP/1.1 404 \nContent-Length: 1\n\nx", "GET", 404, "x"),
            ("no space after the code", "HTTP/1.1 404\nContent-Length: 1\n\nx", "GET", 404, "x"),
            ("HEAD", "HTTP/1.1 200 OK\nContent-Length: 500\n\n", "HEAD", 200, ""),
            ("204", "HTTP/1.1 204 No Content\n\nignored", "POST", 204, ""),
            (
                "304 with a length", "HTTP/1.1 304 Not Modified\nContent-Length: 9\n\n", "POST",
                304, ""
            ),
            (
                "interim",
                "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Hints\nLink: x\n\n"
                    + "HTTP/1.1 201 Created\nContent-Length: 1\n\n1", "POST", 201, "1"
            ),
            (
                "chunked",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n1\n!\n0\n\n",
                "GET", 200, "hello!"
            ),
            (
                "chunked, capitals and zeros",
                "HTTP/1.1 200 OK\nTRANSFER-ENCODING: Chunked\n\n00A\n0123456789\n000\n\n",
                "GET", 200, "0123456789"
            ),
            (
                "chunk extension",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1 ;a=\"b\"\nx\n0;last\n\n",
                "GET", 200, "x"
            ),
        ]
        for (name, input, method, status, body) in table {
            for size in [.max, 1, 2, 7] {
                let outcome = parseResponse(input.wire, to: method, inPiecesOf: size)
                XCTAssertNil(outcome.error, "\(name) in \(size)")
                XCTAssertEqual(outcome.heads.map(\.status), [status], "\(name) in \(size)")
                XCTAssertEqual(outcome.text, body, "\(name) in \(size)")
                XCTAssertTrue(outcome.hasEnded, "\(name) in \(size)")
            }
        }
    }

    func testRefusesWhatTheStandardForbids() {
        let ok = "HTTP/1.1 200 OK\n"
        let chunked = ok + "Transfer-Encoding: chunked\n\n"
        let table: [(name: String, input: [UInt8], want: WireError)] = [
            ("nothing", [], .truncated(part: "response")),
            ("another protocol", "SSH-2.0-OpenSSH\n".wire, bad("status line", "§4")),
            ("another version", "HTTP/2.0 200 OK\n\n".wire, bad("status line", "§4")),
            ("two digits", "HTTP/1.1 20 OK\n\n".wire, bad("status line", "§4")),
            ("status 700", "HTTP/1.1 700 No\n\n".wire, bad("status line", "§4")),
            ("bare line feed", Array("HTTP/1.1 200 OK\n\n".utf8), bad("status line", "§2.2")),
            ("bare carriage return", "HTTP/1.1 200 O\rK\n\n".wire, bad("status line", "§2.2")),
            ("space before colon", (ok + "Server : x\n\n").wire, bad("header field", "§5.1")),
            ("no colon", (ok + "Server\n\n").wire, bad("header field", "§5.1")),
            ("no name", (ok + ": x\n\n").wire, bad("header field", "§5.1")),
            ("folded first line", (ok + " x: y\n\n").wire, bad("header field", "§5.2")),
            (
                "null in a value", (ok + "Server: a\0b\n\n").wire,
                .malformed(part: "header field", clause: "RFC 9110 §5.5")
            ),
            ("cut head", (ok + "Server: x").wire, .truncated(part: "header section")),
            ("cut body", (ok + "Content-Length: 3\n\nab").wire, .truncated(part: "body")),
            ("signed length", (ok + "Content-Length: +3\n\n").wire, bad("Content-Length", "§6.3")),
            (
                "list of lengths", (ok + "Content-Length: 3, 3\n\n").wire,
                bad("Content-Length", "§6.3")
            ),
            ("empty length", (ok + "Content-Length:\n\n").wire, bad("Content-Length", "§6.3")),
            (
                "length over any integer",
                (ok + "Content-Length: 99999999999999999999\n\n").wire,
                bad("Content-Length", "§6.3")
            ),
            (
                "two lengths",
                (ok + "Content-Length: 3\nContent-Length: 4\n\n").wire,
                bad("Content-Length", "§6.3")
            ),
            (
                "length and coding",
                (ok + "Content-Length: 3\nTransfer-Encoding: chunked\n\n").wire,
                bad("Content-Length beside a Transfer-Encoding", "§6.1")
            ),
            (
                "coding in 1.0",
                "HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n".wire,
                bad("Transfer-Encoding in HTTP/1.0", "§6.1")
            ),
            (
                "gzip", (ok + "Transfer-Encoding: gzip, chunked\n\n").wire,
                .unsupported("the transfer coding gzip, chunked")
            ),
            (
                "switch of protocols", "HTTP/1.1 101 Up\n\n".wire,
                .unsupported("a switch of protocols")
            ),
            ("chunk size of letters", (chunked + "xyz\n").wire, bad("chunk size", "§7.1")),
            ("empty chunk size", (chunked + "\nx").wire, bad("chunk size", "§7.1")),
            ("text after the size", (chunked + "1 1\nx").wire, bad("chunk size", "§7.1")),
            ("longer than its size", (chunked + "1\nx\0\n").wire, bad("chunk", "§7.1")),
            ("cut chunk", (chunked + "5\nab").wire, .truncated(part: "body")),
            ("cut before the last chunk", (chunked + "2\nab\n").wire, .truncated(part: "body")),
            ("cut before the end", (chunked + "2\nab\n0\n").wire, .truncated(part: "body")),
        ]
        for (name, input, want) in table {
            for size in [.max, 1, 3] {
                let outcome = parseResponse(input, inPiecesOf: size)
                XCTAssertEqual(outcome.error, want, "\(name) in \(size)")
            }
        }
    }

    func testStopsAtTheLimits() {
        var limits = WireLimits(bodyBytes: 8)
        limits.startLineBytes = 40
        limits.fieldBytes = 60
        limits.fieldCount = 3
        limits.chunkLineBytes = 10
        let ok = "HTTP/1.1 200 OK\n"
        let chunked = ok + "Transfer-Encoding: chunked\n\n"
        let table: [(name: String, input: String, want: WireError)] = [
            (
                "status line", "HTTP/1.1 200 " + String(repeating: "x", count: 100),
                .tooLarge(part: "status line", limit: 40)
            ),
            (
                "one long field", ok + "A: " + String(repeating: "x", count: 100),
                .tooLarge(part: "header field", limit: 60)
            ),
            (
                "fields", ok + "A: 1\nB: 2\nC: 3\nD: 4\n\n",
                .tooLarge(part: "header field count", limit: 3)
            ),
            ("length", ok + "Content-Length: 9\n\n", .tooLarge(part: "body", limit: 8)),
            ("until close", ok + "\n123456789", .tooLarge(part: "body", limit: 8)),
            ("one chunk", chunked + "9\n", .tooLarge(part: "body", limit: 8)),
            ("chunks", chunked + "5\n12345\n4\n", .tooLarge(part: "body", limit: 8)),
            (
                "chunk extension", chunked + "1;aaaaaaaaaaaaaaaaaa",
                .tooLarge(part: "chunk size", limit: 10)
            ),
            (
                "trailers", chunked + "0\nA: 1\nB: 1\nC: 1\nD: 1\n\n",
                .tooLarge(part: "trailer field count", limit: 3)
            ),
            (
                "interim responses",
                String(repeating: "HTTP/1.1 102 Wait\n\n", count: 20),
                .tooLarge(part: "number of interim responses", limit: 16)
            ),
        ]
        for (name, input, want) in table {
            for size in [.max, 1] {
                let outcome = parseResponse(input.wire, limits: limits, inPiecesOf: size)
                XCTAssertEqual(outcome.error, want, "\(name) in \(size)")
            }
        }
        let huge = parseResponse(
            (chunked + "fffffffffffffffff\n").wire,
            limits: WireLimits(bodyBytes: .max)
        )
        XCTAssertEqual(huge.error, .tooLarge(part: "chunk", limit: .max))
    }

    func testDropsTrailers() {
        let input = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\n0\nDigest: abc\n\n"
        let outcome = parseResponse(input.wire)
        XCTAssertTrue(outcome.hasEnded)
        XCTAssertNil(outcome.heads.first?.fields["Digest"])
    }

    func testJoinsFoldedLines() {
        let outcome = parseResponse("HTTP/1.1 204 x\nA: one\n  two\nB: \t three \t\n\n".wire)
        XCTAssertEqual(outcome.heads.first?.fields, ["A": "one two", "B": "three"])
    }

    func testAStreamHasNoEndToCount() {
        var parser = ResponseParser(method: "GET", limits: WireLimits(bodyBytes: .max))
        parser.receive("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n".wire)
        var received = 0
        for _ in 0..<100_000 {
            parser.receive(Array("9\r\none line\n\r\n".utf8))
            while let part = try? parser.next() {
                if case .body(let bytes) = part { received += bytes.count }
            }
        }
        XCTAssertEqual(received, 900_000)
    }

    /// Broken messages in any cut: the same outcome, and never a crash.
    func testCutsDoNotMatter() {
        var generator = SeededGenerator.reported()
        let seed = generator.seed
        let sources = [
            "HTTP/1.1 200 OK\nContent-Length: 5\nA: b\n\nhello",
            "HTTP/1.1 100 C\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;x\nhello\n0\nA: b\n\n",
            "HTTP/1.0 200 OK\nConnection: keep-alive\n\nuntil the end",
        ].map(\.wire)
        for round in 0..<3000 {
            let bytes = broken(sources.randomElement(using: &generator) ?? [], using: &generator)
            let whole = parseResponse(bytes)
            let size = Int.random(in: 1...9, using: &generator)
            let cut = parseResponse(bytes, inPiecesOf: size)
            // An error that comes early hides bytes which the other cut had delivered before it.
            XCTAssertEqual(whole.error, cut.error, "seed \(seed), round \(round)")
            XCTAssertEqual(whole.heads, cut.heads, "seed \(seed), round \(round)")
            if whole.error == nil {
                XCTAssertEqual(whole, cut, "seed \(seed), round \(round)")
            }
        }
    }

    private func bad(_ part: String, _ clause: String) -> WireError {
        .malformed(part: part, clause: "RFC 9112 \(clause)")
    }
}
