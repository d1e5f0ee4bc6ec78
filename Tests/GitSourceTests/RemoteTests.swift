import TestSupport
import XCTest

@testable import GitSource

/// Parses remotes, ssh command lines and advertised heads; nothing is contacted.
final class RemoteTests: XCTestCase {
    func testLocations() throws {
        typealias Address = RemoteLocation.Address
        func ssh(_ user: String, _ host: String, _ port: UInt16?, _ path: String) -> Address {
            .ssh(SSHAddress(user: user, host: host, port: port, path: path))
        }
        let table: [(String, Address, String)] = [
            ("/srv/fleet.git", .local(path: "/srv/fleet.git"), "/srv/fleet.git"),
            ("fleet", .local(path: "/here/fleet"), "/here/fleet"),
            ("./a:b", .local(path: "/here/./a:b"), "/here/./a:b"),
            ("file:///srv/my%20fleet", .local(path: "/srv/my fleet"), "/srv/my fleet"),
            ("file://localhost/srv/x", .local(path: "/srv/x"), "/srv/x"),
            (
                "HTTPS://git.example.org/a/b.git",
                .web(url: "https://git.example.org/a/b.git", isEncrypted: true),
                "https://git.example.org/a/b.git"
            ),
            (
                "http://ada:p%40ss@[::1]:8080/a",
                .web(url: "http://[::1]:8080/a", isEncrypted: false),
                "http://[::1]:8080/a"
            ),
            (
                "git@github.com:bot/fleet.git", ssh("git", "github.com", nil, "bot/fleet.git"),
                "ssh://git@github.com/bot/fleet.git"
            ),
            (
                "github.com:fleet", ssh("git", "github.com", nil, "fleet"),
                "ssh://git@github.com/fleet"
            ),
            (
                "ssh://ada@host:2222/srv/x", ssh("ada", "host", 2222, "/srv/x"),
                "ssh://ada@host:2222/srv/x"
            ),
            ("ssh://host/~ada/x", ssh("git", "host", nil, "~ada/x"), "ssh://git@host/~ada/x"),
        ]
        for (text, want, shown) in table {
            let location = try RemoteLocation(text, from: "/here")
            XCTAssertEqual(location.address, want, text)
            XCTAssertEqual(location.displayed, shown, text)
        }
    }

    func testWhatIsNoRemote() {
        let table = [
            "", "git://host/x", "ftp://host/x", "https://", "https://host", "https://host/",
            "https:///x", "https://host:0/x", "https://host:99999/x", "https://host:x/y",
            "https://host/x?token=1", "https://host/x#1", "https://ho st/x", "https://host/x\n",
            "https://a%zz:b@host/x", "file://elsewhere/x", "file://x", "ssh://a:secret@host/x",
            "ssh://-oProxyCommand=x/y", "-oProxyCommand=x:y", "git@-h:x", "git@host:", "a@b@c:d",
            "ssh://host/", "ssh://-x@host/y", "git@host:-x", "https://ho$(x)st/y",
        ]
        for text in table {
            XCTAssertThrowsError(try RemoteLocation(text, from: "/here"), text) { error in
                XCTAssertEqual((error as? GitFault)?.problem, .invalidRemote, text)
            }
        }
    }

    func testErrorsAboutAnAddressDoNotRepeatItsPassword() {
        let table: [(String, GitCredentials)] = [
            ("https://ada:hunter2@ho st/x", .none), ("ftp://ada:hunter2@host/x", .none),
            ("ssh://ada:hunter2@host/x", .none), ("https://ada:hunter2@host/x?y", .none),
            ("https://ada:hunter2@host/x", .sshKey(file: "/k", knownHosts: "/h")),
            ("https://oauth2:hunter2\(String(repeating: "x", count: 260))@host/x?y", .none),
            ("https://ada:hunter2\r\n@host/x", .none),
        ]
        for (text, credentials) in table {
            XCTAssertThrowsError(try GitRemote(text, credentials: credentials), text) { error in
                XCTAssertFalse("\(error)".contains("hunter2"), "\(error)")
                XCTAssertTrue("\(error)".contains("Give an absolute path"), "\(error)")
                XCTAssertLessThan("\(error)".count, 600)
            }
        }
    }

    func testCredentialsGoWithTheirScheme() throws {
        let key = GitCredentials.sshKey(file: "/k", knownHosts: "/h")
        let token = GitCredentials.token(file: "/t")
        let table: [(String, [GitCredentials])] = [
            ("/srv/x", [.none]), ("https://h/x", [.none, token]), ("git@h:x", [key]),
        ]
        for (text, allowed) in table {
            for credentials in [.none, token, key] {
                let remote = try? GitRemote(text, credentials: credentials)
                XCTAssertEqual(
                    remote != nil,
                    allowed.contains(credentials),
                    "\(text) \(credentials)"
                )
            }
        }
    }

    func testSecretsAreBlottedOut() throws {
        let location = try RemoteLocation("https://ada:p%40ss@host/x", from: "/")
        XCTAssertEqual(
            location.withoutSecrets("ada p@ss, ada:p%40ss, https://ada:p%40ss@host"),
            "ada ***, ***, https://***@host"
        )
        let token = try RemoteLocation("https://tok3n@host/x", from: "/")
        XCTAssertEqual(token.withoutSecrets("tok3n?"), "***?")
    }

    func testSSHCommand() throws {
        let address = SSHAddress(user: "git", host: "h", port: 2222, path: "/it's")
        let command = try SSHCommand(
            address,
            keyFile: "/k 1%",
            knownHosts: "/h",
            timeouts: GitTimeouts()
        )
        XCTAssertEqual(
            command.arguments.suffix(7),
            ["-p", "2222", "-l", "git", "--", "h", "git-upload-pack '/it'\\''s'"]
        )
        for option in [
            "StrictHostKeyChecking=yes", "BatchMode=yes", "IdentitiesOnly=yes", "ConnectTimeout=10",
            "UserKnownHostsFile=\"/h\"", "IdentityFile=\"/k 1%%\"",
        ] {
            XCTAssertTrue(command.arguments.contains(option), option)
        }
        for path in ["relative", "/a\"b", "/a${HOME}", "/a\nb", "/a\\b"] {
            XCTAssertThrowsError(
                try SSHCommand(
                    address,
                    keyFile: "/k",
                    knownHosts: path,
                    timeouts: GitTimeouts()
                ),
                path
            )
        }
    }

    func testHeads() throws {
        let one = try id(String(repeating: "1", count: 40))
        let two = try id(String(repeating: "2", count: 40))
        func head(_ name: String, _ id: CommitID, _ target: String? = nil) -> RemoteHeads.Head {
            RemoteHeads.Head(reference: name, id: id, target: target)
        }
        let main = head("refs/heads/main", one)
        let work = head("refs/heads/a/work", one)
        let prod = head("refs/heads/prod", two)
        let table: [(String, [RemoteHeads.Head], String?, GitTip?)] = [
            ("named", [main, prod], "prod", GitTip(branch: "prod", commit: two)),
            ("missing", [main], "prod", nil),
            (
                "by symref", [head("HEAD", two, "refs/heads/prod"), main, prod], nil,
                GitTip(branch: "prod", commit: two)
            ),
            (
                "by commit, the usual name first", [head("HEAD", one), work, main], nil,
                GitTip(branch: "main", commit: one)
            ),
            (
                "by commit", [head("HEAD", one), work, prod], nil,
                GitTip(branch: "a/work", commit: one)
            ),
            ("HEAD of a missing branch", [head("HEAD", two, "refs/heads/x"), main], nil, nil),
            ("no HEAD", [main], nil, nil),
            ("empty", [], nil, nil),
        ]
        for (name, heads, branch, want) in table {
            XCTAssertEqual(try? RemoteHeads(heads: heads).tip(of: branch), want, name)
        }
    }

    func testCommitIDs() {
        let hex = "0123456789abcdef0123456789abcdef01234567"
        XCTAssertEqual(CommitID(hex.uppercased())?.hex, hex)
        for text in ["", "0123", hex + "0", String(hex.dropLast()) + "g"] {
            XCTAssertNil(CommitID(text), text)
        }
        XCTAssertEqual(CommitID(hex).map { CommitID($0.oid) }, CommitID(hex))
    }

    func testPaths() {
        let table: [(String, String?)] = [
            ("a/b", "a/b"), ("./a//b/.", "a/b"), ("a/../b", "b"), ("a/..", nil), ("..", nil),
            ("a/../../b", nil), ("/a", nil), ("", nil), ("a\0b", nil), ("...", "..."),
        ]
        for (text, want) in table {
            XCTAssertEqual(GitPath(text)?.text, want, text)
        }
    }

    func testEachProblemSaysWhatToDo() {
        let problems: [GitError.Problem] = [
            .invalidRemote, .credentialsFile(path: "/t"), .unreachable, .timedOut, .authentication,
            .hostKey(.unknown), .hostKey(.changed), .hostKey(.revoked), .certificate,
            .repositoryNotFound, .emptyRepository, .branchNotFound("b"), .branchIsNoCommit("b"),
            .revisionNotFound("r"),
            .ambiguousRevision("a"), .pathNotFound("p"), .refusedEntry(path: "p", .submodule),
            .tooLarge(what: "it", limit: 1), .damagedMirror, .invalidData, .storage, .busy,
            .cancelled,
        ]
        for problem in problems {
            let error = GitError(
                problem: problem,
                operation: "Fetching main",
                remote: "/r",
                detail: "d"
            )
            XCTAssertTrue(error.description.hasPrefix("Fetching main of /r: "), "\(error)")
            XCTAssertTrue(error.description.hasSuffix("."), "\(error)")
            XCTAssertFalse(problem.texts.remedy.isEmpty)
        }
        let error = GitError(
            problem: .unreachable,
            operation: "Fetching main",
            remote: "/r",
            detail: "ssh is not installed."
        )
        XCTAssertTrue("\(error)".contains("(ssh is not installed). Check"), "\(error)")
    }
}
