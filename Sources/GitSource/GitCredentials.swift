import Glibc

/// What Berth shows a remote to be let in.
///
/// Files are read at each use, so that a rotated token or key needs no restart.
package enum GitCredentials: Equatable, Sendable {
    /// Public repositories, and plain paths.
    case none
    /// A token in a file, sent as an HTTP password; for http and https.
    ///
    /// GitHub and Gitea accept any `username`, GitLab requires `oauth2`, Bitbucket `x-token-auth`.
    case token(file: String, username: String = "x-access-token")
    /// A private key without passphrase, and the accepted host keys; for ssh.
    case sshKey(file: String, knownHosts: String)

    /// Sentences about files that other users can read.
    package func warnings() -> [String] {
        switch self {
        case .none: []
        case .token(let file, _), .sshKey(let file, _):
            Self.readableByOthers(file)
                ? ["\(file) can be read by other users of this host; run `chmod 600 \(file)`."]
                : []
        }
    }

    private static func readableByOthers(_ file: String) -> Bool {
        var status = stat()
        return stat(file, &status) == 0 && status.st_mode & 0o077 != 0
    }
}

/// A file that holds one secret line.
struct SecretFile {
    let path: String

    /// Servers do not accept a longer header.
    static let largest = 16 << 10

    /// The content without white space around it.
    func read() throws(GitFault) -> String {
        // Without O_NONBLOCK a named pipe would hang here.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fault(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw fault("it is not a plain file")
        }
        guard status.st_size <= Self.largest else {
            throw fault("it is larger than \(Self.largest) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Self.largest)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw fault(String(cString: strerror(errno))) }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
            throw fault("it is not text")
        }
        return try checked(text)
    }

    private func checked(_ text: String) throws(GitFault) -> String {
        var trimmed = text.drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        guard !trimmed.isEmpty else { throw fault("it is empty") }
        guard trimmed.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw fault("it holds more than one line, or control characters")
        }
        return String(trimmed)
    }

    private func fault(_ detail: String) -> GitFault {
        GitFault(.credentialsFile(path: path), detail)
    }
}
