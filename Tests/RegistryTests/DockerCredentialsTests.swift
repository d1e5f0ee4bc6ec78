import Foundation
import Model
import XCTest

@testable import Registry

final class DockerCredentialsTests: XCTestCase {
    private let now = Moment(milliseconds: 1_000_000)
    private var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("berth-credentials-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    func testFindsTheEntry() async throws {
        let alice = Data("alice:se:cret".utf8).base64EncodedString()
        let padded = Data("alice:secret\0\0".utf8).base64EncodedString()
        let password = Credential.password(user: "alice", password: "se:cret")
        let cases: [(String, String, String, Credential?)] = [
            ("exact", #"{"ghcr.io":{"auth":"\#(alice)"}}"#, "ghcr.io", password),
            ("with a path", #"{"https://ghcr.io/v1/":{"auth":"\#(alice)"}}"#, "ghcr.io", password),
            (
                "Docker Hub", #"{"https://index.docker.io/v1/":{"auth":"\#(alice)"}}"#,
                "docker.io", password
            ),
            ("another port", #"{"a:5000":{"auth":"\#(alice)"}}"#, "a:5001", nil),
            ("another host", #"{"ghcr.io":{"auth":"\#(alice)"}}"#, "ghcr.iox", nil),
            (
                "NUL bytes", #"{"a.b":{"auth":"\#(padded)"}}"#, "a.b",
                .password(user: "alice", password: "secret")
            ),
            (
                "plain fields", #"{"a.b":{"username":"u","password":"p"}}"#, "a.b",
                .password(user: "u", password: "p")
            ),
            (
                "identity token", #"{"a.b":{"auth":"\#(alice)","identitytoken":"t"}}"#,
                "a.b", .identityToken("t")
            ),
            ("registry token", #"{"a.b":{"registrytoken":"t"}}"#, "a.b", .registryToken("t")),
            ("empty entry", #"{"a.b":{}}"#, "a.b", nil),
            ("nothing", "null", "a.b", nil),
        ]
        for (name, auths, registry, want) in cases {
            try write(#"{"psFormat":"x","auths":\#(auths)}"#)
            let found = try await credentials().credential(for: registry, now: now)
            XCTAssertEqual(found, want, name)
        }
    }

    func testVariableComesFirstAndTheFileSecond() async throws {
        try write(#"{"auths":{"a.b":{"username":"file","password":"p"}}}"#)
        let variable = #"{"auths":{"c.d":{"username":"variable","password":"p"}}}"#
        let credentials = credentials(["DOCKER_AUTH_CONFIG": variable])
        for (registry, user) in [("a.b", "file"), ("c.d", "variable")] {
            let found = try await credentials.credential(for: registry, now: now)
            XCTAssertEqual(found, .password(user: user, password: "p"), registry)
        }
    }

    func testWhereTheFileIs() async throws {
        try write(#"{"auths":{"a.b":{"username":"u","password":"p"}}}"#)
        let dotDocker = folder.appendingPathComponent(".docker")
        try FileManager.default.createDirectory(at: dotDocker, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: folder.appendingPathComponent("config.json"),
            to: dotDocker.appendingPathComponent("config.json")
        )
        let want = Credential.password(user: "u", password: "p")
        let cases: [(String, [String: String], Credential?)] = [
            ("DOCKER_CONFIG", ["DOCKER_CONFIG": folder.path, "HOME": "/nowhere"], want),
            ("HOME", ["HOME": folder.path], want),
            ("no file", ["HOME": folder.path + "/nowhere"], nil),
            ("nothing", [:], nil),
        ]
        for (name, environment, found) in cases {
            let credentials = DockerCredentials(environment: environment)
            let credential = try await credentials.credential(for: "a.b", now: now)
            XCTAssertEqual(credential, found, name)
        }
    }

    func testFileIsReadAgainWhenItChanged() async throws {
        let credentials = credentials()
        for user in ["first", "second", "third"] {
            try write(#"{"auths":{"a.b":{"username":"\#(user)","password":"p"}}}"#)
            let found = try await credentials.credential(for: "a.b", now: now)
            XCTAssertEqual(found, .password(user: user, password: "p"))
        }
        try FileManager.default.removeItem(at: folder.appendingPathComponent("config.json"))
        let found = try await credentials.credential(for: "a.b", now: now)
        XCTAssertNil(found)
    }

    func testBadFilesAreErrorsThatShowNoSecret() async throws {
        let auth = Data("nocolon-secret".utf8).base64EncodedString()
        for (name, config) in [
            ("no JSON", "{\"auths\": secret"),
            ("no base64", #"{"auths":{"a.b":{"auth":"!secret!"}}}"#),
            ("no colon", #"{"auths":{"a.b":{"auth":"\#(auth)"}}}"#),
            ("wrong type", #"{"auths":{"a.b":{"auth":["secret"]}}}"#),
            ("helper with a path", #"{"credsStore":"../secret"}"#),
        ] {
            try write(config)
            do {
                _ = try await credentials().credential(for: "a.b", now: now)
                XCTFail(name)
            } catch {
                XCTAssertFalse("\(error)".contains("secret"), "\(name): \(error)")
                XCTAssertTrue("\(error)".contains("docker login"), "\(name): \(error)")
            }
        }
    }

    func testHelpers() async throws {
        try helper("one", #"echo '{"ServerURL":"x","Username":"one","Secret":"s"}'"#)
        try helper("token", #"echo '{"Username":"<token>","Secret":"s"}'"#)
        try helper("none", "echo 'credentials not found in native keychain'; exit 1")
        try helper("echo", #"read key; echo "{\"Username\":\"$1 $key\",\"Secret\":\"s\"}""#)
        let auths = #""auths":{"a.b":{"username":"file","password":"p"}}"#
        let one = Credential.password(user: "one", password: "s")
        let cases: [(String, String, Credential?)] = [
            ("for all", #"{"credsStore":"one"}"#, one),
            ("for one", #"{"credsStore":"none","credHelpers":{"a.b":"one"}}"#, one),
            ("identity token", #"{"credsStore":"token"}"#, .identityToken("s")),
            ("gets the key", #"{"credsStore":"echo"}"#, .password(user: "get a.b", password: "s")),
            (
                "finds nothing, and the file does not count", #"{"credsStore":"none",\#(auths)}"#,
                nil
            ),
            (
                "switched off for one", #"{"credsStore":"one","credHelpers":{"a.b":""},\#(auths)}"#,
                .password(user: "file", password: "p")
            ),
        ]
        for (name, config, want) in cases {
            try write(config)
            let found = try await credentials().credential(for: "a.b", now: now)
            XCTAssertEqual(found, want, name)
        }
    }

    func testHelpersThatFailAreErrors() async throws {
        try helper("broken", "echo 'keychain is locked'; exit 1")
        try helper("silent", "true")
        for (name, want) in [
            ("broken", "keychain is locked"), ("silent", "not JSON"), ("missing", "not installed"),
        ] {
            try write(#"{"credsStore":"\#(name)"}"#)
            do {
                _ = try await credentials().credential(for: "a.b", now: now)
                XCTFail(name)
            } catch {
                XCTAssertTrue("\(error)".contains(want), "\(name): \(error)")
            }
        }
    }

    func testHelperIsNotAskedEveryTime() async throws {
        let log = folder.appendingPathComponent("asked").path
        try helper("count", "echo x >> '\(log)'; echo '{\"Username\":\"u\",\"Secret\":\"s\"}'")
        try write(#"{"credsStore":"count"}"#)
        let credentials = credentials()
        func asked() throws -> Int { try String(contentsOfFile: log, encoding: .utf8).count / 2 }

        for _ in 0..<3 { _ = try await credentials.credential(for: "a.b", now: now) }
        XCTAssertEqual(try asked(), 1, "kept")
        _ = try await credentials.credential(for: "a.b", now: now + .seconds(301))
        XCTAssertEqual(try asked(), 2, "not for ever")
        credentials.forgetAnswer(for: "a.b")
        _ = try await credentials.credential(for: "a.b", now: now + .seconds(301))
        XCTAssertEqual(try asked(), 3, "not when it was refused")
    }

    func testCredentialsDoNotPrint() {
        let all: [Credential] = [
            .password(user: "u", password: "secret"), .identityToken("secret"),
            .registryToken("secret"),
        ]
        for credential in all {
            var printed = "\(credential) \([credential]) \(String(reflecting: credential))"
            dump([credential], to: &printed)
            XCTAssertFalse(printed.contains("secret"), printed)
        }
    }

    private func credentials(_ environment: [String: String] = [:]) -> DockerCredentials {
        DockerCredentials(
            configFile: folder.appendingPathComponent("config.json").path,
            environment: environment.merging(["PATH": folder.path]) { own, _ in own }
        )
    }

    private func write(_ config: String) throws {
        let file = folder.appendingPathComponent("config.json")
        try Data(config.utf8).write(to: file, options: .atomic)
    }

    private func helper(_ name: String, _ script: String) throws {
        let file = folder.appendingPathComponent("docker-credential-\(name)").path
        let made = FileManager.default.createFile(
            atPath: file,
            contents: Data("#!/bin/sh\n\(script)\n".utf8),
            attributes: [.posixPermissions: 0o755]
        )
        XCTAssertTrue(made)
    }
}
