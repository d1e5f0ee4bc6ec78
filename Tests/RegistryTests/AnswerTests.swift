import Foundation
import Model
import XCTest

@testable import Registry

final class AnswerTests: XCTestCase {
    private let now = Moment(milliseconds: 1_445_412_480_000)  // Wed, 21 Oct 2015 07:28:00 GMT

    func testRetryAfter() {
        let cases: [(String, String, Duration?)] = [
            ("seconds", "120", .seconds(120)),
            ("none", "0", .zero),
            ("more than a day", "99999999", .seconds(86_400)),
            ("more than an integer", "99999999999999999999", nil),
            ("negative", "-1", nil),
            ("date", "Wed, 21 Oct 2015 07:29:30 GMT", .seconds(90)),
            ("past date", "Wed, 21 Oct 2015 07:00:00 GMT", .zero),
            ("far date", "Wed, 21 Oct 2099 07:00:00 GMT", .seconds(86_400)),
            ("nonsense", "soon", nil),
        ]
        for (name, field, want) in cases {
            XCTAssertEqual(RateLimit.wait(field, now: now), want, name)
        }
    }

    func testRateLimitFields() {
        let reply = HTTPReply(
            status: 429,
            fields: [
                "ratelimit-limit": "100;w=21600", "RateLimit-Remaining": "0;w=21600",
                "retry-after": "60",
            ],
            body: Data()
        )
        let want = RateLimit(
            retryAfter: .seconds(60),
            limit: 100,
            remaining: 0,
            window: .seconds(21_600)
        )
        XCTAssertEqual(RateLimit(reply, now: now), want)
    }

    func testComplaints() {
        let long = String(repeating: "x", count: 500)
        let shortened = String(repeating: "x", count: 199) + "…"
        let hub = "incorrect username or password"
        let cases: [(String, String, String?)] = [
            (
                "registry", #"{"errors":[{"code":"DENIED","message":"no","detail":{"a":1}}]}"#,
                "DENIED: no"
            ),
            ("code only", #"{"errors":[{"code":"DENIED"}]}"#, "DENIED"),
            (
                "OAuth", #"{"error":"invalid_grant","error_description":"expired"}"#,
                "invalid_grant: expired"
            ),
            ("Docker Hub", #"{"details":"\#(hub)"}"#, hub),
            ("control characters", #"{"message":"a\u001b[31m\nb"}"#, "a [31m b"),
            ("text that turns around", "{\"message\":\"a\u{202e}b\"}", "a b"),
            ("long", #"{"message":"\#(long)"}"#, shortened),
            ("other types", #"{"errors":[{"code":7}]}"#, nil),
            ("no errors", #"{"errors":[]}"#, nil),
            ("HTML", "<html>login</html>", nil),
            ("nothing", "", nil),
        ]
        for (name, body, want) in cases {
            XCTAssertEqual(ServerMessage(Data(body.utf8))?.description, want, name)
        }
    }

    func testTokens() {
        let cases: [(String, String, String?)] = [
            ("token", #"{"token":"a"}"#, "a"),
            ("access token", #"{"access_token":"b","expires_in":60}"#, "b"),
            ("both", #"{"token":"a","access_token":"b"}"#, "a"),
            ("empty token", #"{"token":"","access_token":"b"}"#, "b"),
            ("line break", #"{"token":"a\r\nX: y"}"#, nil),
            ("none", "{}", nil),
            ("no JSON", "a", nil),
        ]
        for (name, body, want) in cases {
            XCTAssertEqual(AccessToken(Data(body.utf8), now: now)?.value, want, name)
        }
    }

    func testTokensExpire() throws {
        let five = #"{"token":"a","expires_in":300}"#
        let cases: [(String, String, Int, Bool)] = [
            ("fresh", five, 0, true),
            ("a little early", five, 269, true),
            ("expired", five, 271, false),
            ("default is a minute", #"{"token":"a"}"#, 53, true),
            ("default expired", #"{"token":"a"}"#, 55, false),
            ("clock jumped back", five, -1, false),
            ("for ever is a day", #"{"token":"a","expires_in":1e300}"#, 86_401, false),
        ]
        for (name, body, seconds, isGood) in cases {
            let token = try XCTUnwrap(AccessToken(Data(body.utf8), now: now), name)
            XCTAssertEqual(token.isGood(at: now + .seconds(seconds)), isGood, name)
        }
    }

    func testRetries() {
        let soon = RateLimit(retryAfter: .seconds(2))
        let cases: [(String, RegistryError.Reason, Duration?, Int, Duration?)] = [
            ("broken connection", .unreachable("x"), nil, 0, .milliseconds(250)),
            ("the second time longer", .unreachable("x"), nil, 1, .seconds(1)),
            ("the third time never", .unreachable("x"), nil, 2, nil),
            ("server says when", .server(status: 503), .seconds(3), 0, .seconds(3)),
            ("not that late", .server(status: 503), .seconds(11), 0, nil),
            ("rate limit says when", .rateLimited(soon), nil, 0, .seconds(2)),
            ("rate limit says nothing", .rateLimited(RateLimit()), nil, 0, nil),
            ("not found stays so", .notFound(.reference), nil, 0, nil),
            ("no secure connection", .tls("x"), nil, 0, nil),
        ]
        for (name, reason, retryAfter, attempt, want) in cases {
            let pause = Retry.pause(
                after: reason,
                retryAfter: retryAfter,
                attempt: attempt,
                remaining: .seconds(20),
                longest: .seconds(10)
            )
            XCTAssertEqual(pause, want, name)
        }
        let late = Retry.pause(
            after: .rateLimited(soon),
            retryAfter: nil,
            attempt: 0,
            remaining: .seconds(1),
            longest: .seconds(10)
        )
        XCTAssertNil(late, "not past the deadline")
    }
}
