import Foundation
import Platform

/// A git repository to commit to, made with the `git` program and without the host's settings.
package final class TemporaryRepository: Sendable {
    /// The folder of the working tree; its parent holds nothing else.
    package let path: String
    private let directory: TemporaryDirectory

    /// Makes an empty repository with the branch `main`, under a folder of its own.
    package init(name: String = "fleet") throws {
        directory = try TemporaryDirectory("berth-repository")
        path = directory.file(name)
        try Self.git(["init", "--quiet", "--initial-branch=main", path])
    }

    /// The folder that servers are to publish.
    package var root: String { directory.path }

    /// Runs `git` in the working tree and returns what it printed, without the last line break.
    @discardableResult
    package func git(_ arguments: String..., at seconds: Int = 1_700_000_000) throws -> String {
        try Self.git(["-C", path] + arguments, at: seconds)
    }

    /// Writes files, commits everything that changed, and returns the commit's name.
    @discardableResult
    package func commit(
        _ message: String,
        _ files: [String: String] = [:],
        author: String = "First Author <first@example.org>",
        at seconds: Int = 1_700_000_000
    ) throws -> String {
        for (name, text) in files { try directory.write("\(folder)/\(name)", text, mode: 0o644) }
        try git("add", "--all")
        try Self.git(
            ["-C", path, "commit", "--quiet", "--allow-empty", "-m", message, "--author", author],
            at: seconds
        )
        return try head()
    }

    /// Writes a tree object, also one that `git add` would never make.
    package func makeTree(
        _ entries: [(mode: String, id: String, name: String)]
    ) throws -> String {
        var content: [UInt8] = []
        for entry in entries {
            // git's own form: the mode without leading zeros, the name, NUL, twenty bytes.
            content += Array("\(entry.mode) \(entry.name)".utf8) + [0]
            var digits = Substring(entry.id)
            while !digits.isEmpty {
                content.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
                digits = digits.dropFirst(2)
            }
        }
        return try Self.git(
            ["-C", path, "hash-object", "--literally", "-w", "-t", "tree", "--stdin"],
            input: content
        )
    }

    /// Adds empty commits to `main` quickly.
    package func makeCommits(_ count: Int) throws {
        let stream = (1...count).map { number in
            let date = "\(1_700_000_000 + number) +0000"
            let from = number == 1 ? "from refs/heads/main^0\n" : ""
            return
                "commit refs/heads/main\ncommitter First Author <first@example.org> \(date)\ndata 1\nx\n\(from)\n"
        }
        _ = try Self.git(
            ["-C", path, "fast-import", "--quiet", "--force"],
            input: Array(stream.joined().utf8)
        )
    }

    /// The commit that a revision stands for.
    package func head(_ revision: String = "HEAD") throws -> String {
        try git("rev-parse", "\(revision)^{commit}")
    }

    private var folder: String { String(path.dropFirst(directory.path.count + 1)) }

    @discardableResult
    private static func git(
        _ arguments: [String],
        at seconds: Int = 1_700_000_000,
        input: [UInt8]? = nil
    ) throws -> String {
        let date = "\(seconds) +0100"
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "First Author", "GIT_AUTHOR_EMAIL": "first@example.org",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "First Author", "GIT_COMMITTER_EMAIL": "first@example.org",
            "GIT_COMMITTER_DATE": date,
        ]
        let settings = ["-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false"]
        let output = try Command(
            "git",
            settings + arguments,
            environment: environment,
            input: input,
            outputLimit: 64 << 20
        ).runBlocking()
        let text = output.text
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
