import Glibc

/// A remote's address, parsed, with its secrets kept apart.
struct RemoteLocation: Equatable, Sendable {
    enum Address: Equatable, Sendable {
        /// An absolute path on this host.
        case local(path: String)
        /// An http or https URL without user information.
        case web(url: String, isEncrypted: Bool)
        case ssh(SSHAddress)
    }

    /// User information of an http URL.
    struct UserInformation: Equatable, Sendable {
        let user: String
        let password: String
        /// As it stood in the URL, still percent-encoded.
        let raw: String
    }

    let address: Address
    let userInformation: UserInformation?

    /// The URL without user information.
    var displayed: String {
        switch address {
        case .local(let path): path
        case .web(let url, _): url
        case .ssh(let address): address.displayed
        }
    }

    /// The server that may get http credentials; nil for other schemes.
    var origin: WebOrigin? {
        guard case .web(let url, _) = address else { return nil }
        return WebOrigin(url: url)
    }

    /// The text with every form of the URL's user information replaced by `***`.
    func withoutSecrets(_ text: String) -> String {
        guard let userInformation else { return text }
        // A user without password is a token; one with a password is a name.
        let secret =
            userInformation.password.isEmpty ? userInformation.user : userInformation.password
        return [userInformation.raw, secret].reduce(text) { $0.blottingOut($1) }
    }
}

struct SSHAddress: Equatable, Sendable {
    let user: String
    let host: String
    let port: UInt16?
    let path: String

    var displayed: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let port = port.map { ":\($0)" } ?? ""
        return "ssh://\(user)@\(name)\(port)\(path.hasPrefix("/") ? "" : "/")\(path)"
    }
}

extension RemoteLocation {
    /// Parses what `git clone` accepts; a relative path starts at `folder`.
    init(_ text: String, from folder: String) throws(GitFault) {
        guard !text.isEmpty, text.utf8.count <= 4096 else {
            throw .remote("it is empty or too long")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
            throw .remote("it holds white space or control characters")
        }
        if let separator = text.firstRange(of: "://") {
            let rest = text[separator.upperBound...]
            self = try Self.url(scheme: text[..<separator.lowerBound].lowercased(), rest)
            return
        }
        // git: a colon before the first slash makes it user@host:path.
        if let colon = text.prefix(while: { $0 != "/" }).firstIndex(of: ":") {
            self = try Self.scp(text[..<colon], path: text[text.index(after: colon)...])
            return
        }
        self.init(path: text.hasPrefix("/") ? text : "\(folder)/\(text)")
    }

    private init(path: String) { self.init(address: .local(path: path), userInformation: nil) }

    private static func url(scheme: String, _ rest: Substring) throws(GitFault) -> RemoteLocation {
        switch scheme {
        case "file": return try file(rest)
        case "http", "https": return try web(scheme, rest)
        case "ssh", "git+ssh", "ssh+git": return try ssh(rest)
        case "git":
            throw .remote("git:// authenticates nothing; use https:// or ssh://")
        default: throw .remote("its scheme is not file, http, https or ssh")
        }
    }

    private static func file(_ rest: Substring) throws(GitFault) -> RemoteLocation {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard ["", "localhost"].contains(rest[..<slash]), slash < rest.endIndex else {
            throw .remote("a file URL has an absolute path and no host")
        }
        return RemoteLocation(path: try decoded(rest[slash...], "path"))
    }

    private static func web(_ scheme: String, _ rest: Substring) throws(GitFault) -> RemoteLocation
    {
        let parts = try URLParts(rest)
        guard !rest.contains("?"), !rest.contains("#") else {
            throw .remote("a git URL has no query and no fragment")
        }
        let port = parts.port.map { ":\($0)" } ?? ""
        let host = parts.host.contains(":") ? "[\(parts.host)]" : parts.host
        let address = Address.web(
            url: "\(scheme)://\(host)\(port)\(parts.path)",
            isEncrypted: scheme == "https"
        )
        guard let raw = parts.userInformation else {
            return RemoteLocation(address: address, userInformation: nil)
        }
        let halves = raw.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let information = UserInformation(
            user: try decoded(halves[0], "user"),
            password: try decoded(halves.dropFirst().first ?? "", "password"),
            raw: String(raw)
        )
        return RemoteLocation(address: address, userInformation: information)
    }

    private static func ssh(_ rest: Substring) throws(GitFault) -> RemoteLocation {
        let parts = try URLParts(rest)
        guard parts.userInformation?.contains(":") != true else {
            throw .remote("ssh takes no password from a URL; use a key")
        }
        let path = try decoded(parts.path, "path")
        let address = SSHAddress(
            user: try decoded(parts.userInformation ?? "git", "user"),
            host: parts.host,
            port: parts.port,
            // ssh://host/~user/x means ~user/x.
            path: path.hasPrefix("/~") ? String(path.dropFirst()) : path
        )
        return RemoteLocation(address: .ssh(try address.checked()), userInformation: nil)
    }

    private static func scp(
        _ place: Substring,
        path: Substring
    ) throws(GitFault) -> RemoteLocation {
        let halves = place.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count <= 2, let host = halves.last else {
            throw .remote("it is not user@host:path")
        }
        let address = SSHAddress(
            user: halves.count == 2 ? String(halves[0]) : "git",
            host: String(host),
            port: nil,
            path: String(path)
        )
        return RemoteLocation(address: .ssh(try address.checked()), userInformation: nil)
    }

    private static func decoded(_ text: Substring, _ name: String) throws(GitFault) -> String {
        guard let decoded = percentDecoded(text) else {
            throw .remote("its \(name) is not valid percent-encoded UTF-8")
        }
        return decoded
    }
}

extension SSHAddress {
    /// Refuses what `ssh` or the remote's shell would read as an option or a command.
    fileprivate func checked() throws(GitFault) -> SSHAddress {
        guard !host.isEmpty, !host.hasPrefix("-"), host.allSatisfy(\.isHostCharacter) else {
            throw .remote("its host name is not valid")
        }
        guard !user.isEmpty, !user.hasPrefix("-"),
            user.allSatisfy({ $0.isHostCharacter || $0 == "+" || $0 == "$" })
        else {
            throw .remote("its user name is not valid")
        }
        guard !path.isEmpty, path != "/", !path.hasPrefix("-"), !path.utf8.contains(0) else {
            throw .remote("it has no path")
        }
        return self
    }
}

/// The parts of `user@host:port/path`.
private struct URLParts {
    let userInformation: Substring?
    let host: String
    let port: UInt16?
    let path: Substring

    init(_ rest: Substring) throws(GitFault) {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = rest[slash...]
        var authority = rest[..<slash]
        if let at = authority.lastIndex(of: "@") {
            userInformation = authority[..<at]
            authority = authority[authority.index(after: at)...]
        } else {
            userInformation = nil
        }
        let portText: Substring
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            portText = authority[authority.index(after: bracket)...]
        } else {
            host = String(authority.prefix { $0 != ":" })
            portText = authority.dropFirst(host.count)
        }
        guard !host.isEmpty, host.allSatisfy(\.isHostCharacter), !path.isEmpty, path != "/" else {
            throw .remote("it has no valid host or no path")
        }
        guard !portText.isEmpty else {
            port = nil
            return
        }
        guard portText.hasPrefix(":"), let number = UInt16(portText.dropFirst()), number > 0 else {
            throw .remote("its port is not a number from 1 to 65535")
        }
        port = number
    }
}

extension Character {
    /// In a host name, or in an IPv4 or IPv6 address.
    fileprivate var isHostCharacter: Bool {
        isASCII && (isLetter || isNumber || "._-:".contains(self))
    }
}

/// Nil for a broken escape, a NUL byte or what is not UTF-8.
private func percentDecoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, digits.utf8.allSatisfy(CommitID.isHexadecimal),
            let value = UInt8(digits, radix: 16), value != 0
        else { return nil }
        rest = rest.dropFirst(2)
        bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
}

extension GitFault {
    fileprivate static func remote(_ detail: String) -> GitFault {
        GitFault(.invalidRemote, detail)
    }
}

extension String {
    /// The text with each occurrence of `secret` replaced by `***`.
    func blottingOut(_ secret: String) -> String {
        guard !secret.isEmpty else { return self }
        return split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
    }
}
