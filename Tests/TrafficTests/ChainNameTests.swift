import XCTest

@testable import Traffic

final class ChainNameTests: XCTestCase {
    func testNames() {
        let long = String(repeating: "a", count: 64)
        let rows: [(name: String, chain: ChainName, want: String)] = [
            ("plain", Sample.name("web", 80), "svc/prod/web/80-tcp"),
            ("protocol", Sample.name("dns", 53, .udp), "svc/prod/dns/53-udp"),
            ("keyword", Sample.name("tcp", 80, in: "map"), "svc/map/tcp/80-tcp"),
            ("digit first", Sample.name("1web", 80, in: "2"), "svc/2/1web/80-tcp"),
            ("all marks", Sample.name("a.b_c-d", 80), "svc/prod/a.b_c-d/80-tcp"),
            (
                "63 characters stay", Sample.name(String(long.dropLast()), 80),
                "svc/prod/\(long.dropLast())/80-tcp"
            ),
            (
                "64 do not", Sample.name(long, 80),
                "svc/prod/\(long.prefix(45))_.db007849f35ebbe5/80-tcp"
            ),
            ("no letters", Sample.name("ü/;", 80), "svc/prod/_____.866f23c6b146894c/80-tcp"),
            (
                "no port", ChainName(environment: "prod", service: "job", target: nil),
                "svc/prod/job"
            ),
            ("empty", Sample.name("", 80), "svc/prod/_.cbf29ce484222325/80-tcp"),
        ]
        for (name, chain, want) in rows {
            let text = chain.description
            XCTAssertEqual(text, want, name)
            XCTAssertLessThanOrEqual(text.utf8.count, 127, name)
            XCTAssertEqual(ChainName(text), chain, "\(name): reads back")
        }
    }

    func testShortenedNamesStayApart() {
        let stem = String(repeating: "service-", count: 10)
        let names = Set((0..<1000).map { Sample.name("\(stem)\($0)").description })
        XCTAssertEqual(names.count, 1000)
        XCTAssertNotEqual(Sample.name("a b"), Sample.name("a;b"))
    }

    func testForeignNames() {
        for text in [
            "web", "svc/prod", "svc/prod/web/80", "svc/prod/web/080-tcp",
            "svc/prod/web/80-icmp",
            "svc/prod/web/65536-tcp", "net/prod/web/80-tcp", "svc/prod/web/80-tcp/x",
            "svc/prod/web/on", "svc/prod/web/on/", "svc/prod/web/on/br*", "svc/prod/web/at/br-prod",
            "svc//web/80-tcp", "svc/prod/web/80-tcp-", "svc/prod/web/+80-tcp", "",
        ] {
            XCTAssertNil(ChainName(text), text)
        }
    }

    func testComments() {
        let rows: [(name: String, comment: String, isRead: Bool)] = [
            ("ours", "web/1 g7 0123456789ab @1700000000000", true),
            ("other service", "api/1 g7 0123456789ab @1700000000000", false),
            ("no slot", "web/ g7 0123456789ab @1700000000000", false),
            ("slot 0", "web/0 g7 0123456789ab @1700000000000", false),
            ("leading zero", "web/01 g7 0123456789ab @1700000000000", false),
            ("long id", "web/1 g7 0123456789abc @1700000000000", false),
            ("capital id", "web/1 g7 0123456789AB @1700000000000", false),
            ("more", "web/1 g7 0123456789ab @1700000000000 x", false),
            ("spaces", "web/1  g7 0123456789ab @1700000000000", false),
            ("negative", "web/1 g-7 0123456789ab @1700000000000", false),
            ("empty", "", false),
        ]
        let address = Sample.address("172.30.0.11")
        for (name, comment, isRead) in rows {
            let backend = Backend(comment: comment, service: "web", address: address)
            XCTAssertEqual(backend != nil, isRead, name)
            if let backend { XCTAssertEqual(backend.comment(service: "web"), comment) }
        }
    }

    func testLongestCommentFitsTheKernel() {
        let backend = Backend(
            slot: 99_999,
            generation: 9_999_999_999,
            container: "0123456789ab",
            address: Sample.address("172.30.0.11"),
            since: 9_999_999_999_999
        )
        XCTAssertTrue(backend.isValid)
        let service = Sample.name(String(repeating: "s", count: 200)).service
        XCTAssertLessThanOrEqual(backend.comment(service: service).utf8.count, 127)
    }
}
