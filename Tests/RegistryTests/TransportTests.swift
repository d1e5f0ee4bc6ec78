import Foundation
import FoundationNetworking
import TestSupport
import XCTest

@testable import Registry

final class TransportTests: XCTestCase {
    func testErrorsAreSorted() {
        let cases: [(String, Int, String, TransportError)] = [
            ("timer", NSURLErrorTimedOut, "", .timedOut),
            ("cancelled", NSURLErrorCancelled, "", .cancelled),
            ("refused", NSURLErrorCannotConnectToHost, "no", .unreachable("no")),
            ("name", NSURLErrorCannotFindHost, "no", .unreachable("no")),
            ("certificate code", NSURLErrorServerCertificateUntrusted, "no", .tls("no")),
            (
                "certificate text", NSURLErrorUnknown, "SSL certificate problem: expired",
                .tls("SSL certificate problem: expired")
            ),
            ("broken", NSURLErrorUnknown, "closed", .unreachable("closed")),
            (
                "milliseconds", NSURLErrorUnknown, "Failed to connect after 12 ms: no",
                .unreachable("Failed to connect: no")
            ),
        ]
        for (name, code, text, want) in cases {
            let error = NSError(
                domain: NSURLErrorDomain,
                code: code,
                userInfo: [NSLocalizedDescriptionKey: text]
            )
            XCTAssertEqual(TransportError(error), want, name)
        }
    }

    func testAServerWithoutTLSIsATLSError() async throws {
        let stub = try StubRegistry()
        defer { stub.stop() }
        do {
            _ = try await get("https://\(stub.address)/v2/", limit: 10)
            XCTFail("nothing was thrown")
        } catch {
            guard case .tls = error else { return XCTFail("\(error)") }
        }
    }

    func testBodiesUpToTheLimit() async throws {
        let stub = try StubRegistry { _ in .init(200, body: Data(count: 1000)) }
        defer { stub.stop() }
        let reply = try await get("http://\(stub.address)/", limit: 1000)
        XCTAssertEqual(reply.body.count, 1000)
        do {
            _ = try await get("http://\(stub.address)/", limit: 999)
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertEqual(error, .tooLarge(limit: 999))
        }
    }

    func testARefusalIsAWholeAnswer() async throws {
        let field = "Bearer realm=\"http://a/b\", Basic realm=\"x\""
        let stub = try StubRegistry { _ in
            .init(401, fields: [("WWW-Authenticate", field)], body: Data("why".utf8))
        }
        defer { stub.stop() }
        let reply = try await get("http://\(stub.address)/", limit: 1000)
        XCTAssertEqual(reply.status, 401)
        XCTAssertEqual(reply["www-authenticate"], field)
        XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "why")
    }

    func testACancelledTaskSendsNothing() async throws {
        let stub = try StubRegistry()
        defer { stub.stop() }
        let request = request("http://\(stub.address)/")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            let end = ContinuousClock.now + .seconds(10)
            return try await HTTPTransport.shared.send(request, limit: 1000, until: end)
        }
        do {
            _ = try await task.value
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertEqual(error as? TransportError, .cancelled)
        }
        XCTAssertEqual(stub.requests.count, 0)
    }

    func testRedirects() throws {
        let start = "https://a.example/x/y"
        let cases: [(String, String, Bool)] = [
            ("/z", "https://a.example/z", true),
            ("z?q=1", "https://a.example/x/z?q=1", true),
            ("https://A.example:443/z", "https://A.example:443/z", true),
            ("https://b.example/z", "https://b.example/z", false),
            ("https://a.example:8443/z", "https://a.example:8443/z", false),
        ]
        for (location, target, keepsAuthorization) in cases {
            let next = try Redirect.next(
                after: reply(307, location),
                to: request(start).authorized(by: "Basic x")
            )
            XCTAssertEqual(next?.url.absoluteString, target, location)
            XCTAssertEqual(next?.fields["Authorization"] != nil, keepsAuthorization, location)
        }
        XCTAssertThrowsError(
            try Redirect.next(after: reply(302, "http://a.example/"), to: request(start)),
            "to plain HTTP"
        )
        XCTAssertNil(try Redirect.next(after: reply(200, "/z"), to: request(start)))
        XCTAssertNil(try Redirect.next(after: reply(304, "/z"), to: request(start)))
    }

    private func get(
        _ address: String,
        limit: Int
    ) async throws(TransportError) -> HTTPReply {
        try await HTTPTransport.shared.send(
            request(address),
            limit: limit,
            until: .now + .seconds(10)
        )
    }

    private func request(_ address: String) -> HTTPRequest {
        HTTPRequest(url: URL(string: address) ?? URL(fileURLWithPath: "/"))
    }

    private func reply(_ status: Int, _ location: String) -> HTTPReply {
        HTTPReply(status: status, fields: ["Location": location], body: Data())
    }
}
