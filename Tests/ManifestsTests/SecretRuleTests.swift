import TestSupport
import XCTest

@testable import Manifests

/// What counts as a secret.
final class SecretRuleTests: XCTestCase {
    func testSecrets() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"), ("POSTGRES_PASS", "x"), ("SECRET_KEY_BASE", "abc"),
            ("apiKey", "k"), ("APIKEY", "k"), ("GITHUB_TOKEN", "t"), ("smtp.pwd", "p"),
            ("SENTRY_DSN", "anything"), ("BASIC_AUTH", "user:pass"), ("TOKEN_TTL", "3600"),
            ("DATABASE_URL", "postgres://app:pw@db/app"), ("PROXY", "http://user@proxy:3128"),
            ("BROKER", "amqp://:pw@mq"), ("DSN", "Server=db;Password=x"),
            ("PEM", "-----BEGIN RSA PRIVATE KEY-----\nx"), ("CI", "ghp_0123456789abcdefghij"),
            ("MONKEY_KEY", "x"), ("KEYCLOAK_ADMIN_PASSWORD", "x"), ("DB_PASSWORD_FILE", "hunter2"),
        ] {
            XCTAssertTrue(SecretRule.isSecret(name, value), "\(name)=\(value)")
        }
    }

    func testOthers() {
        for (name, value) in [
            ("GREETING", "hello"), ("DB_PASSWORD", ""), ("PASSWORD_LOGIN", "true"),
            ("DB_PASSWORD_FILE", "/run/secrets/db"), ("KEYCLOAK_URL", "http://kc:8080"),
            ("KEYBOARD", "de"), ("MONKEY", "ape"), ("URL", "https://example.com/a@b:c"),
            ("REPOSITORY", "ssh://git@example.com/x"), ("COMPASS", "north"), ("MAIL", "a@b.c"),
            ("PASSAGE", "x"), ("OPTIONS", "password=$X"), ("VERSION", "1.4.2"),
            ("KEY_PATH", "/etc/key"),
        ] {
            XCTAssertFalse(SecretRule.isSecret(name, value), "\(name)=\(value)")
        }
    }

    /// Whatever a value has in it, Berth reads it back from the file that it wrote.
    func testFilesOfVariablesReadBack() throws {
        var random = SeededGenerator.reported()
        let parts = [
            "'", "\"", "\\", "$", "${A}", "$$", "#", " #", "\n", "\r\n", "é", "=", "a", " ", "`",
        ]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<6, using: &random)
            let value = (0..<count).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }.joined()
            let text = EnvironmentFileText.write(["A_B": value])
            let read = try DotEnvText.entries(text) { _ in nil }
            XCTAssertEqual(read.map(\.value), [value], text)
        }
    }

    func testWordsForTheShell() {
        for (word, want) in [
            ("web=ghcr.io/team/web:1", "web=ghcr.io/team/web:1"), ("A=", "A="), ("", "''"),
            ("A=b c", "'A=b c'"), ("A=it's", "'A=it'\\''s'"), ("$HOME", "'$HOME'"),
        ] {
            XCTAssertEqual(ShellText.quoted(word), want)
        }
    }
}
