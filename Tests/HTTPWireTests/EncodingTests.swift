import XCTest

@testable import HTTPWire

final class EncodingTests: XCTestCase {
    func testWritesRequests() throws {
        let table: [(name: String, request: Request, want: String)] = [
            (
                "no body", Request(method: "GET", target: "/_ping", fields: ["Host": "docker"]),
                "GET /_ping HTTP/1.1\nHost: docker\n\n"
            ),
            (
                "empty post", Request(method: "POST", target: "/x"),
                "POST /x HTTP/1.1\nContent-Length: 0\n\n"
            ),
            (
                "body", Request(method: "PUT", target: "/x", body: Array("abc".utf8)),
                "PUT /x HTTP/1.1\nContent-Length: 3\n\nabc"
            ),
        ]
        for (name, request, want) in table {
            XCTAssertEqual(try request.encoded(), want.wire, name)
        }
    }

    func testWritesResponses() throws {
        let table: [(name: String, response: Response, want: String)] = [
            (
                "body", Response(status: 200, reason: "OK", body: Array("abc".utf8)),
                "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"
            ),
            (
                "empty", Response(status: 404, fields: ["A": "b"]),
                "HTTP/1.1 404 \nA: b\nContent-Length: 0\n\n"
            ),
            ("no body allowed", Response(status: 204), "HTTP/1.1 204 \n\n"),
        ]
        for (name, response, want) in table {
            XCTAssertEqual(try response.encoded(), want.wire, name)
        }
    }

    func testNeverWritesWhatCouldBeReadAsSomethingElse() {
        let requests: [(name: String, request: Request)] = [
            ("line in a value", Request(method: "GET", target: "/", fields: ["A": "b\r\nC: d"])),
            ("line in a name", Request(method: "GET", target: "/", fields: ["A\r\nB": "c"])),
            ("null in a value", Request(method: "GET", target: "/", fields: ["A": "b\0"])),
            ("space in the target", Request(method: "GET", target: "/a b")),
            ("line in the target", Request(method: "GET", target: "/a\r\nB: c")),
            ("empty target", Request(method: "GET", target: "")),
            ("space in the method", Request(method: "GET /", target: "/")),
            ("own length", Request(method: "GET", target: "/", fields: ["content-length": "1"])),
            (
                "own coding",
                Request(method: "GET", target: "/", fields: ["Transfer-Encoding": "chunked"])
            ),
        ]
        for (name, request) in requests {
            XCTAssertThrowsError(try request.encoded(), name)
        }
        let responses: [(name: String, response: Response)] = [
            ("status", Response(status: 99)),
            ("reason", Response(status: 200, reason: "O\r\nK")),
            ("body of a 204", Response(status: 204, body: [1])),
        ]
        for (name, response) in responses {
            XCTAssertThrowsError(try response.encoded(), name)
        }
    }

    func testErrorsDoNotRepeatValues() {
        let request = Request(method: "GET", target: "/", fields: ["X-Auth": "secret\n"])
        XCTAssertThrowsError(try request.encoded()) { error in
            XCTAssertFalse("\(error)".contains("secret"), "\(error)")
        }
    }

    func testWhatIsWrittenIsRead() throws {
        let request = Request(
            method: "POST",
            target: "/containers/create?name=a",
            fields: ["Host": "docker", "X-A": "1", "x-a": "2"],
            body: Array("{}".utf8)
        )
        let read = parseRequests(try request.encoded())
        XCTAssertEqual(read.requests.first?.fields.values(of: "X-A"), ["1", "2"])
        XCTAssertEqual(read.text, "{}")

        let chunks = ["one", "", "two"].flatMap { ChunkedCoding.chunk(Array($0.utf8)) }
        let head = ResponseHead(status: 200, fields: ["Transfer-Encoding": "chunked"])
        let response = parseResponse(try head.encoded() + chunks + ChunkedCoding.end)
        XCTAssertEqual(response.text, "onetwo")
    }

    func testFieldsIgnoreCase() {
        var fields: HeaderFields = ["Connection": "Keep-Alive", "CONNECTION": " close ,x"]
        XCTAssertEqual(fields["connection"], "Keep-Alive")
        XCTAssertEqual(fields.tokens(of: "connection"), ["keep-alive", "close", "x"])
        // `[` and `{` differ by the bit that makes letters lower case.
        XCTAssertNil(HeaderFields([.init(name: "a[", value: "")])["a{"])
        fields["connection"] = nil
        XCTAssertEqual(fields, HeaderFields())
    }
}
