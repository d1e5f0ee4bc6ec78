import XCTest

@testable import Registry

final class RegistryHostTests: XCTestCase {
    func testWhereARegistryAnswers() {
        for (name, base) in [
            ("docker.io", "https://registry-1.docker.io"),
            ("ghcr.io", "https://ghcr.io"),
            ("ghcr.io:8443", "https://ghcr.io:8443"),
            ("localhost", "http://localhost"),
            ("localhost:5000", "http://localhost:5000"),
            ("127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("127.9.9.9", "http://127.9.9.9"),
            ("[::1]:5000", "http://[::1]:5000"),
            ("127.0.0.1.evil.example", "https://127.0.0.1.evil.example"),
            ("127.evil.example.org", "https://127.evil.example.org"),
            ("localhost.evil.example", "https://localhost.evil.example"),
            ("10.0.0.1:5000", "http://10.0.0.1:5000"),
            ("10.0.0.1:5001", "https://10.0.0.1:5001"),
            ("plain.example:1", "http://plain.example:1"),
            ("plain.example:2", "http://plain.example:2"),
        ] {
            let host = RegistryHost(name, insecure: ["10.0.0.1:5000", "plain.example"])
            XCTAssertEqual(host.base, base, name)
        }
    }

    func testCredentialKeys() {
        XCTAssertEqual(
            RegistryHost.credentialKey(of: "docker.io"),
            "https://index.docker.io/v1/"
        )
        XCTAssertEqual(RegistryHost.credentialKey(of: "ghcr.io"), "ghcr.io")
    }
}
