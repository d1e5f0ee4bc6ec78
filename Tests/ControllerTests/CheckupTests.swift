import Foundation
import TestSupport
import XCTest

@testable import Controller

final class CheckupTests: XCTestCase {
    func testEveryMissingPartIsFoundWithItsRemedy() async throws {
        let directory = try TemporaryDirectory("berth-checkup")
        let state = directory.file("state")
        let site = try Site(
            Configuration(
                repository: directory.file("no-repository"),
                engine: "unix://\(directory.file("no.sock"))",
                stateDirectory: state,
                environment: [:]
            ),
            log: LogLines().log()
        )
        try FileManager.default.removeItem(atPath: state)
        let findings = await Checkup(site: site).findings()
        let bySubject = Dictionary(findings.map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
        let table: [(subject: String, words: [String])] = [
            ("state directory", [state, "--state-dir"]),
            ("git", ["no-repository"]),
            ("docker", ["no.sock"]),
        ]
        for (subject, words) in table {
            let finding = try XCTUnwrap(bySubject[subject], subject)
            XCTAssertFalse(finding.isGood, subject)
            for word in words { XCTAssertTrue(finding.message.contains(word), finding.message) }
        }
        XCTAssertNotNil(bySubject["permissions"])
        XCTAssertNotNil(bySubject["nftables"])
        XCTAssertFalse(findings.contains { $0.subject.hasPrefix("registry") })
    }

    func testWhatIsThereIsGood() async throws {
        let directory = try TemporaryDirectory("berth-checkup")
        let repository = try TemporaryRepository()
        let commit = try repository.commit("Begin", ["README.md": "fleet\n"])
        let site = try Site(
            Configuration(
                repository: repository.path,
                engine: "unix://\(directory.file("no.sock"))",
                stateDirectory: directory.file("state"),
                environment: [:]
            ),
            log: LogLines().log()
        )
        let findings = await Checkup(site: site).findings()
        let good = Set(findings.filter(\.isGood).map(\.subject))
        XCTAssertTrue(good.isSuperset(of: ["state directory", "git"]), "\(findings)")
        let git = try XCTUnwrap(findings.first { $0.subject == "git" })
        XCTAssertTrue(git.message.contains("main is at \(commit.prefix(7))"), git.message)
    }

    func testAccessThatShouldNotStayAsItIsIsSaid() async throws {
        let directory = try TemporaryDirectory("berth-checkup")
        let token = try directory.write("token", "secret-token\n", mode: 0o644)
        var configuration = Configuration(
            repository: "http://127.0.0.1:1/fleet.git",
            engine: "unix://\(directory.file("no.sock"))",
            stateDirectory: directory.file("state"),
            environment: [:]
        )
        configuration.gitAccess = .token(file: token, user: "git")
        let site = try Site(configuration, log: LogLines().log())
        let messages = await Checkup(site: site).findings()
            .filter { $0.subject == "git access" }.map(\.message)
        XCTAssertEqual(messages.count, 2, "\(messages)")
        XCTAssertTrue(messages.contains { $0.contains("chmod 600 \(token)") }, "\(messages)")
        XCTAssertTrue(messages.contains { $0.contains("use https") }, "\(messages)")
    }

    func testAnAddressThatIsNoneIsRefusedAtOnce() throws {
        let directory = try TemporaryDirectory("berth-checkup")
        XCTAssertThrowsError(
            try Site(
                Configuration(
                    repository: ".",
                    engine: "tcp://10.0.0.1:2375",
                    stateDirectory: directory.file("state"),
                    environment: [:]
                ),
                log: LogLines().log()
            )
        ) { error in
            XCTAssertTrue("\(error)".contains("unix://"), "\(error)")
        }
    }
}
