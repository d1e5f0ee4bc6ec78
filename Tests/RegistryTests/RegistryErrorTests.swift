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
            (.unauthorized(.none), "wants credentials", "run docker login ghcr.io as"),
            (.unauthorized(.refused), "refused the credentials", "run docker login ghcr.io again"),
            (.denied, "denied access", "the right to pull"),
            (.notFound(.repository), "no such repository", "push the image"),
            (.notFound(.reference), "no such tag or digest", "check the version"),
            (.rateLimited(limit), "the limit is 100, 0 left, again in 60 s", "log in"),
            (.server(status: 503), "failed with status 503", "try again later"),
            (.malformed("no list"), "strange answer: no list", "leads to a registry"),
            (.tooLarge("more"), "too much: more", "remove tags"),
            (.timeout(.milliseconds(1500)), "no answer in 1 s", "the network"),
            (.timeout(.milliseconds(200)), "no answer in 200 ms", "the network"),
            (
                .credentials(.unreadable(file: "/f", reason: "no")), "/f cannot be read: no",
                "without them"
            ),
            (.cancelled, "cancelled", "ask again"),
        ]
        let question = try question("ghcr.io/team/app:1")
        let url = try question.url("manifests/1")
        for (reason, event, remedy) in cases {
            let text = "\(question.failure(reason, url))"
            XCTAssertTrue(text.hasPrefix("ghcr.io/team/app:1: "), text)
            XCTAssertTrue(text.contains(event), text)
            XCTAssertTrue(text.contains("at https://ghcr.io/v2/team/app/manifests/1; "), text)
            XCTAssertTrue(text.contains(remedy), text)
        }
    }

    func testAddressesComeWithoutSecrets() throws {
        let question = try question("redis")
        let url = URL(string: "https://u:secret@a.example:1/p/q?token=secret&x=y#secret")
        XCTAssertEqual(question.failure(.denied, url).url, "https://a.example:1/p/q")
        XCTAssertEqual(question.failure(.denied, nil).url, "https://registry-1.docker.io")
    }

    private func question(_ name: String) throws -> Question {
        let client = RegistryClient(credentials: DockerCredentials(environment: [:]))
        let now = Moment(milliseconds: 0)
        return Question(about: try ImageName(name), to: client, now: now)
    }
}
