import Platform
import TestSupport
import XCTest

@testable import GitSource

/// Looks at a remote over TLS, with `openssl s_server` at the other end.
final class TLSTests: XCTestCase {
    private let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    override func setUp() async throws {
        try RealParts.require(program: "openssl")
    }

    func testCertificates() async throws {
        let fixture = try Fixture()
        let commit = try id(String(repeating: "1", count: 40))
        let server = try await start(in: fixture.state, commit: commit)
        defer { server.process.end() }
        let mirror = try fixture.mirror("https://localhost:\(server.port)/fleet")
        let stranger = try await assertProblem(.certificate) { try await mirror.tip() }
        XCTAssertTrue(stranger.description.contains("SSL_CERT_FILE"), "\(stranger)")

        try Libgit2.trustCertificates(in: fixture.state.file("certificate"))
        defer { try? Libgit2.trustCertificates(in: systemAuthorities) }
        let tip = try await mirror.tip()
        XCTAssertEqual(tip, GitTip(branch: "main", commit: commit))

        // The certificate is believed now, but it is for another name.
        let misnamed = try fixture.mirror("https://127.0.0.1:\(server.port)/fleet")
        try await assertProblem(.certificate) { try await misnamed.tip() }
        let missing = fixture.state.file("missing")
        XCTAssertThrowsError(try Libgit2.trustCertificates(in: missing)) { error in
            XCTAssertEqual((error as? GitFault)?.problem, .credentialsFile(path: missing))
        }
    }

    private func start(
        in state: TemporaryDirectory,
        commit: CommitID
    ) async throws -> (process: ChildProcess, port: Int) {
        let (key, certificate) = (state.file("key"), state.file("certificate"))
        try Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost",
            ]
        ).runBlocking()
        let port = try LoopbackListener().port
        // -HTTP sends a file as it is, head and all.
        try state.write("www/fleet/info/refs?service=git-upload-pack", answer(commit))
        let process = try ChildProcess(
            "/usr/bin/openssl",
            [
                "s_server", "-quiet", "-HTTP", "-accept", "\(port)", "-cert", certificate, "-key",
                key,
            ],
            in: state.file("www")
        )
        try await eventually("the server listens") { LoopbackListener.canConnect(to: port) }
        return (process, port)
    }

    /// What `git-upload-pack` advertises (gitprotocol-http(5)), with the head of the answer.
    private func answer(_ commit: CommitID) -> String {
        func packet(_ text: String) -> String {
            let digits = String(text.utf8.count + 4, radix: 16)
            return String(repeating: "0", count: 4 - digits.count) + digits + text
        }
        let body =
            packet("# service=git-upload-pack\n") + "0000"
            + packet("\(commit) HEAD\0symref=HEAD:refs/heads/main agent=test\n")
            + packet("\(commit) refs/heads/main\n") + "0000"
        let type = "application/x-git-upload-pack-advertisement"
        return "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
