import Foundation
import Platform

/// OpenSSH's `sshd` on a loopback port, with keys of its own, for the user who runs the tests.
package final class SSHGitServer: Sendable {
    /// The port on 127.0.0.1.
    package let port: Int
    /// A private key that the server lets in.
    package let keyFile: String
    /// A private key that it does not.
    package let strangersKeyFile: String
    /// A known hosts file with the server's key.
    package let knownHosts: String
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts the server and waits until it accepts connections.
    ///
    /// `keyType` is what `ssh-keygen -t` takes, for the host's and the user's keys.
    package static func start(keyType: String = "ed25519") async throws -> SSHGitServer {
        for attempt in 1... {
            // Between asking for a free port and taking it another process may have it.
            let port = try LoopbackListener().port
            let server = try SSHGitServer(port: port, keyType: keyType)
            if await server.isUp() { return server }
            server.stop()
            guard attempt < 3 else { throw POSIXError(.ECONNREFUSED) }
        }
        throw POSIXError(.ECONNREFUSED)
    }

    /// The URL of a repository, from its absolute path.
    package func url(_ path: String) -> String {
        "ssh://\(NSUserName())@127.0.0.1:\(port)\(path)"
    }

    /// Ends the server and waits for its end.
    package func stop() { process.end(SIGTERM) }

    /// A known hosts file with another key under the server's name.
    package func wrongKnownHosts() throws -> String {
        let key = try Self.makeKey(directory, "other", type: "ed25519")
        return try directory.write(
            "wrong_known_hosts",
            "[127.0.0.1]:\(port) \(try Self.publicKey(key))"
        )
    }

    /// Makes an ed25519 key without passphrase, and its public half in `<file>.pub`.
    package static func makeKey(_ file: String, type: String = "ed25519") throws {
        try Command("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", file])
            .runBlocking()
    }

    /// Hashes the names in a known hosts file in place, as distributions do by default.
    package static func hash(knownHosts file: String) throws {
        try Command("ssh-keygen", ["-q", "-H", "-f", file]).runBlocking()
    }

    private init(port: Int, keyType: String) throws {
        self.port = port
        directory = try TemporaryDirectory("berth-sshd")
        let hostKey = try Self.makeKey(directory, "host", type: keyType)
        keyFile = try Self.makeKey(directory, "user", type: keyType)
        strangersKeyFile = try Self.makeKey(directory, "stranger", type: keyType)
        knownHosts = try directory.write(
            "known_hosts",
            "[127.0.0.1]:\(port) \(try Self.publicKey(hostKey))"
        )
        try directory.write("authorized_keys", try Self.publicKey(keyFile))
        // sshd(8) requires it when run by root; the package's service creates it at boot.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        let configuration = try directory.write(
            "sshd_config",
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(hostKey)
            PidFile none
            AuthorizedKeysFile \(directory.file("authorized_keys"))
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            StrictModes no

            """
        )
        process = try ChildProcess(
            "/usr/sbin/sshd",
            ["-D", "-f", configuration, "-E", directory.file("log")]
        )
    }

    private func isUp() async -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if LoopbackListener.canConnect(to: port) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private static func makeKey(
        _ directory: TemporaryDirectory,
        _ name: String,
        type: String
    ) throws -> String {
        let file = directory.file("\(name)_key")
        try makeKey(file, type: type)
        return file
    }

    private static func publicKey(_ file: String) throws -> String {
        try String(contentsOfFile: "\(file).pub", encoding: .utf8)
    }
}
