/// Why `ssh` or the remote's `git-upload-pack` failed, from what they wrote.
///
/// The sentences are OpenSSH's (sshconnect.c, sshconnect2.c, readconf.c of 9.2) and git's
/// (builtin/upload-pack.c), which do not follow the locale under `LC_ALL=C`.
struct SSHDiagnosis {
    let lines: [String]
    /// `ssh` itself ends with 255; anything else is the remote command's.
    let status: Int32
    let keyFile: String

    var fault: GitFault {
        GitFault(problem, detail)
    }

    private var problem: GitError.Problem {
        if says("REMOTE HOST IDENTIFICATION HAS CHANGED") { return .hostKey(.changed) }
        if says("REVOKED HOST KEY") || says("marked as revoked") { return .hostKey(.revoked) }
        if says("Host key verification failed") { return .hostKey(.unknown) }
        let isBadKey = ["no such identity", "UNPROTECTED PRIVATE KEY FILE", "Load key "].contains(
            where: says
        )
        if isBadKey { return .credentialsFile(path: keyFile) }
        if says("Permission denied (") || says("Too many authentication failures") {
            return .authentication
        }
        if says("timed out") { return .timedOut }
        if says("does not appear to be a git repository") || says("ot found") {
            return .repositoryNotFound
        }
        return .unreachable
    }

    private func says(_ text: String) -> Bool {
        lines.contains { $0.contains(text) }
    }

    /// The fingerprint if the host key was refused, then the last lines.
    private var detail: String {
        var said = lines.filter { !$0.hasPrefix("debug1:") && !$0.hasPrefix("OpenSSH_") }
            .filter { line in line.contains { $0.isLetter } }
            .suffix(6)
        if case .hostKey = problem, let fingerprint {
            said = ["the server shows \(fingerprint)"] + said.suffix(2)
        }
        guard !said.isEmpty else { return "ssh ended with status \(status) and wrote no reason" }
        return String(said.joined(separator: "; ").prefix(600))
    }

    /// From "debug1: Server host key: ssh-ed25519 SHA256:…" (sshconnect2.c).
    private var fingerprint: String? {
        let prefix = "debug1: Server host key: "
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
