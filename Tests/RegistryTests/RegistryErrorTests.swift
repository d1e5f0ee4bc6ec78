import Foundation
import Model
import XCTest

@testable import Registry

final class RegistryErrorTests: XCTestCase {
    func testEverySentenceSaysWhatHappenedAndWhatToDo() throws {
        let limit = RateLimit(retryAfter: .seconds(60), limit: 100, remaining: 0)
        let cases: [(RegistryError.Reason, String, String)] = [
            (.unreachable("no route"), "cannot be reached: no route", "check the registry's name"),
            (.tls("expired"), "no secure connection to ghcr.io: expired", "add the registry's"),
            (.unauthorized(.none), "requires credentials", "run docker login ghcr.io as"),
            (.unauthorized(.refused), "refused the credentials", "run docker login ghcr.io again"),
            (.denied, "denied access", "the right to pull"),
            (.notFound(.repository), "no such repository", "push the image"),
            (.notFound(.reference), "no such tag or digest", "check the version"),
            (.rateLimited(limit), "the limit is 100, 0 left, again in 60 s", "log in"),
            (.server(status: 503), "failed with status 503", "try again later"),
            (.malformed("no list"), "unexpected answer: no list", "that of a registry"),
            (.tooLarge("more"), "too large an answer: more", "that of a registry"),
            (.timeout(.milliseconds(1500)), "did not answer within 1 s", "the network"),
            (.timeout(.milliseconds(200)), "did not answer within 200 ms", "the network"),
            (
                .credentials(.unreadable(file: "/f", reason: "no")), "/f cannot be read: no",
                "without them"
            ),
            (.cancelled, "cancelled", "try again"),
        ]
        let request = try request("ghcr.io/team/app:1")
        let url = try request.url("manifests/1")
        for (reason, event, remedy) in cases {
            let text = "\(request.failure(reason, url))"
            XCTAssertTrue(text.hasPrefix("ghcr.io/team/app:1: "), text)
            XCTAssertTrue(text.contains(event), text)
            XCTAssertTrue(text.contains("at https://ghcr.io/v2/team/app/manifests/1; "), text)
            XCTAssertTrue(text.contains(remedy), text)
        }
    }

    func testAddressesComeWithoutSecrets() throws {
        let request = try request("redis")
        let url = URL(string: "https://u:secret@a.example:1/p/q?token=secret&x=y#secret")
        XCTAssertEqual(request.failure(.denied, url).url, "https://a.example:1/p/q")
        XCTAssertEqual(request.failure(.denied, nil).url, "https://registry-1.docker.io")
    }

    private func request(_ name: String) throws -> RegistryRequest {
        let client = RegistryClient(credentials: DockerCredentials(environment: [:]))
        let now = Moment(milliseconds: 0)
        return RegistryRequest(about: try ImageName(name), to: client, now: now)
    }
}
