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
            (
                "fields in their order",
                Request(method: "GET", target: "/x?y=a", fields: ["X-A": "1", "x-a": "2"]),
                "GET /x?y=a HTTP/1.1\nX-A: 1\nx-a: 2\n\n"
            ),
        ]
        for (name, request, want) in table {
            XCTAssertEqual(try request.encoded(), want.wire, name)
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
    }

    func testErrorsDoNotRepeatValues() {
        let request = Request(method: "GET", target: "/", fields: ["X-Auth": "secret\n"])
        XCTAssertThrowsError(try request.encoded()) { error in
            XCTAssertFalse("\(error)".contains("secret"), "\(error)")
        }
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
