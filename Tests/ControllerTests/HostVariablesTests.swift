import Model
import TestSupport
import XCTest

@testable import Controller

/// Variables that a service takes from files of the host by their bare names.
final class HostVariablesTests: XCTestCase {
    private func service(_ paths: [String], _ isRequired: Bool = true) throws -> Service {
        try Sample.service {
            $0.container.hostEnvironmentFiles = paths.map {
                HostEnvironmentFile(path: $0, isRequired: isRequired)
            }
            $0.hostVariables = ["TOKEN", "KEY"]
            $0.origins["environment.KEY"] = SourceLocation(
                file: "manifests/web.yaml",
                line: 4,
                column: 9
            )
        }
    }

    func testTheFilesHaveToSetThem() throws {
        let folder = try TemporaryDirectory("berth-variables")
        let grants = [Grants.HostPath(path: folder.path, isReadOnly: true)]
        let first = try folder.write("first.env", "TOKEN=\nOTHER=secret\n")
        let second = try folder.write("second.env", "KEY='a b'\n")
        XCTAssertNoThrow(try HostVariables.require(of: service([first, second]), in: grants))
        XCTAssertThrowsError(try HostVariables.require(of: service([first]), in: grants)) {
            XCTAssertEqual(
                "\($0)",
                "no value for KEY (manifests/web.yaml:4:9): \(first) of this host does not set it; "
                    + "add NAME=value there"
            )
        }
        let missing = folder.file("missing.env")
        XCTAssertThrowsError(try HostVariables.require(of: service([missing], false), in: grants)) {
            XCTAssertTrue("\($0)".hasPrefix("no value for TOKEN, KEY (manifests/"), "\($0)")
        }
        // What nothing is taken from by name need not be looked at.
        let none = try Sample.service {
            $0.container.hostEnvironmentFiles = [HostEnvironmentFile(path: "/nowhere")]
        }
        XCTAssertNoThrow(try HostVariables.require(of: none, in: grants))
    }

    /// What the plan is told and what creates the container is one limit.
    func testFilesOfVariablesHaveOneLimit() throws {
        let folder = try TemporaryDirectory("berth-variables")
        let grants = [Grants.HostPath(path: folder.path, isReadOnly: true)]
        let limit = 1 << 20
        for (size, isTaken) in [(limit, true), (limit + 1, false)] {
            let text = "A=1\n#" + String(repeating: "x", count: size - 5)
            let path = try folder.write("big.env", text)
            let file = HostEnvironmentFile(path: path)
            let read = { try HostFile(file).digest(in: GrantedPaths(grants)) }
            let merged = { try HostVariables.merged(into: nil, from: [file], in: grants) }
            guard !isTaken else {
                XCTAssertNotNil(try read())
                XCTAssertEqual(try merged(), ["A=1"])
                continue
            }
            let want =
                "\(path) of this host has more than 1 MiB; no container can have so many "
                + "variables, so mount it, or split it"
            XCTAssertThrowsError(try read()) { XCTAssertEqual("\($0)", want) }
            XCTAssertThrowsError(try merged()) { XCTAssertEqual("\($0)", want) }
        }
    }
}
