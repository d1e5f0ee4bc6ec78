import TestSupport
import XCTest

@testable import HTTPWire

final class RequestParserTests: XCTestCase {
    private let post = "POST /a HTTP/1.1\nHost: x\n"

    func testReadsOneRequestAfterAnother() {
        let input =
            "\nGET /containers/json?all=1 HTTP/1.1\nHost: docker\n\n"
            + post + "Content-Length: 3\n\nabc"
            + post + "Transfer-Encoding: chunked\n\n2\nde\n0\n\n"
            + "DELETE /b HTTP/1.0\n\n"
        for size in [.max, 1, 5] {
            let outcome = parseRequests(input.wire, inPiecesOf: size)
            XCTAssertNil(outcome.error)
            XCTAssertEqual(
                outcome.requests.map { "\($0.method) \($0.target)" },
                ["GET /containers/json?all=1", "POST /a", "POST /a", "DELETE /b"]
            )
            XCTAssertEqual(outcome.requests.map(\.keepsConnection), [true, true, true, false])
            XCTAssertEqual(outcome.text, "abcde")
            XCTAssertEqual(outcome.trailers.count, 4)
        }
    }

    func testRefusesWhatCouldBeReadTwoWays() {
        let table: [(name: String, input: String, part: String)] = [
            (
                "length and coding", post + "Content-Length: 3\nTransfer-Encoding: chunked\n\n",
                "Content-Length beside a Transfer-Encoding"
            ),
            ("coding not chunked", post + "Transfer-Encoding: gzip\n\n", "Transfer-Encoding"),
            (
                "chunked not last", post + "Transfer-Encoding: chunked, gzip\n\n",
                "Transfer-Encoding"
            ),
            ("empty coding", post + "Transfer-Encoding:\n\n", "Transfer-Encoding"),
            ("two lengths", post + "Content-Length: 3\nContent-Length: 4\n\n", "Content-Length"),
            ("negative length", post + "Content-Length: -1\n\n", "Content-Length"),
            ("folded line", post + "A: b\n c\n\n", "header field"),
            ("space before the colon", post + "Content-Length : 3\n\n", "header field"),
            ("no host", "GET / HTTP/1.1\n\n", "number of Host fields"),
            ("two hosts", post + "host: y\n\n", "number of Host fields"),
            ("two spaces", "GET  / HTTP/1.1\nHost: x\n\n", "request line"),
            ("tab", "GET\t/ HTTP/1.1\nHost: x\n\n", "request line"),
            ("no version", "GET /\n\n", "request line"),
            ("two empty lines first", "\n\nGET / HTTP/1.1\nHost: x\n\n", "request line"),
            ("method with a colon", "GE:T / HTTP/1.1\nHost: x\n\n", "request line"),
            ("target in UTF-8", "GET /ä HTTP/1.1\nHost: x\n\n", "request line"),
        ]
        for (name, input, want) in table {
            let outcome = parseRequests(input.wire)
            guard case .malformed(let part, _)? = outcome.error else {
                XCTFail("\(name): \(String(describing: outcome.error))")
                continue
            }
            XCTAssertEqual(part, want, name)
        }
    }

    /// What stands behind a broken request must not be taken for another one.
    func testNothingIsReadAfterAnError() {
        let table = [
            ("chunk size", post + "Transfer-Encoding: chunked\n\nx\nGET /b HTTP/1.0\n\n"),
            ("body too large", post + "Content-Length: 1001\n\nGET /b HTTP/1.0\n\n"),
            ("request line", "GET /a b HTTP/1.1\nGET /b HTTP/1.0\n\n"),
            ("field", "GET /a HTTP/1.1\nA : b\nGET /b HTTP/1.0\n\n"),
        ]
        for (name, input) in table {
            var parser = RequestParser(limits: WireLimits(bodyBytes: 1000))
            parser.receive(input.wire)
            var errors: [WireError] = []
            for _ in 0..<6 {
                do throws(WireError) {
                    if let part = try parser.next(), !errors.isEmpty {
                        XCTFail("\(name): \(part)")
                    }
                } catch {
                    errors.append(error)
                }
            }
            XCTAssertGreaterThan(errors.count, 3, name)
            XCTAssertEqual(Set(errors.map { "\($0)" }).count, 1, name)
        }
    }

    func testTellsACutRequestFromAnIdleConnection() {
        XCTAssertNil(parseRequests((post + "\n").wire).error)
        XCTAssertEqual(parseRequests("GET / HT".wire).error, .truncated(part: "request line"))
        XCTAssertEqual(parseRequests(post.wire).error, .truncated(part: "header section"))
        XCTAssertEqual(
            parseRequests((post + "Content-Length: 3\n\nab").wire).error,
            .truncated(part: "body")
        )
    }

    func testBoundsTheBody() {
        let limits = WireLimits(bodyBytes: 3)
        XCTAssertEqual(
            parseRequests((post + "Content-Length: 4\n\n").wire, limits: limits).error,
            .tooLarge(part: "body", limit: 3)
        )
    }

    /// Broken requests in any cut: the same outcome, and never a crash.
    func testCutsDoNotMatter() {
        var generator = SeededGenerator.reported()
        let seed = generator.seed
        let source =
            ("GET /a?b HTTP/1.1\nHost: x\n\n" + post + "Content-Length: 3\n\nabc" + post
            + "Transfer-Encoding: chunked\n\n2;x\nde\n0\nA: b\n\nDELETE /b HTTP/1.0\n\n").wire
        for round in 0..<3000 {
            let bytes = broken(source, using: &generator)
            let whole = parseRequests(bytes)
            let size = Int.random(in: 1...9, using: &generator)
            let cut = parseRequests(bytes, inPiecesOf: size)
            XCTAssertEqual(whole.error, cut.error, "seed \(seed), round \(round)")
            XCTAssertEqual(whole.requests, cut.requests, "seed \(seed), round \(round)")
            if whole.error == nil {
                XCTAssertEqual(whole, cut, "seed \(seed), round \(round)")
            }
        }
    }
}
