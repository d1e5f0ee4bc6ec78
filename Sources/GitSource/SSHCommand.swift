/// The command line that runs `git-upload-pack` on an SSH server.
///
/// OpenSSH's own client is used rather than the libssh2 that libgit2 1.5 is built with: libssh2
/// 1.10 knows no RSA signatures with SHA-2, which servers since OpenSSH 8.8 require, libgit2 cannot
/// bound its waits, and known hosts files with hashes, patterns, revocations and certificate
/// authorities are best read by the program that defines them.
struct SSHCommand: Equatable {
    let arguments: [String]

    init(
        _ address: SSHAddress,
        keyFile: String,
        knownHosts: String,
        timeouts: GitTimeouts
    ) throws(GitFault) {
        let options =
            Self.options(connect: timeouts.connect) + [
                "UserKnownHostsFile=\(try Self.quoted(knownHosts))",
                "IdentityFile=\(try Self.quoted(keyFile))",
            ]
        // -F none: neither the user's nor the host's configuration can weaken this.
        // -v: the only way to learn an unknown host key's fingerprint.
        var arguments = ["-F", "none", "-v", "-T"]
        for option in options { arguments += ["-o", option] }
        if let port = address.port { arguments += ["-p", String(port)] }
        arguments += ["-l", address.user, "--", address.host]
        self.arguments = arguments + ["git-upload-pack \(Self.shellQuoted(address.path))"]
    }

    private static func options(connect: Duration) -> [String] {
        [
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=none",
            "UpdateHostKeys=no",
            "VerifyHostKeyDNS=no",
            "PreferredAuthentications=publickey",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "ForwardAgent=no",
            "ForwardX11=no",
            "ClearAllForwardings=yes",
            "PermitLocalCommand=no",
            "ControlMaster=no",
            "ControlPath=none",
            "ConnectionAttempts=1",
            "ConnectTimeout=\(max(1, connect.components.seconds))",
            // An `ssh` whose parent was killed ends by itself.
            "ServerAliveInterval=15",
            "ServerAliveCountMax=4",
        ]
    }

    /// A path in an `-o` option: `%` and `${}` would be expanded (ssh_config(5), TOKENS).
    private static func quoted(_ path: String) throws(GitFault) -> String {
        let isPlain = path.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && !"\"'\\$".unicodeScalars.contains($0)
        }
        guard isPlain, path.hasPrefix("/") else {
            throw GitFault(
                .credentialsFile(path: path),
                "its path must be absolute, without quotes, backslashes and dollar signs"
            )
        }
        return "\"\(path.replacing("%", with: "%%"))\""
    }

    /// Quotes for the remote's shell, or for a server that reads like one, as git does.
    private static func shellQuoted(_ path: String) -> String {
        let parts = path.split(separator: "'", omittingEmptySubsequences: false)
        return "'\(parts.joined(separator: "'\\''"))'"
    }
}
