/// What an option for a driver names of the host: a path, or one behind `file:`, `unix:` and the
/// like.
struct HostPathReference: Hashable, Sendable {
    /// The absolute path.
    var path: String
    /// Whether it is a socket to connect to.
    var isSocket = false

    /// Reads a value; nil where it names no path.
    ///
    /// Throws where drivers read one address in several ways: some take what stands between the
    /// slashes for a host's name, decode `%2f`, or stop at `?` and `#`.
    init?(_ text: String) throws(TextError) {
        let slash = UInt8(ascii: "/")
        if text.utf8.first == slash {
            path = text
            return
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon].lowercased()
        isSocket = scheme.hasPrefix("unix")
        guard scheme == "file" || Self.sockets.contains(scheme) else { return nil }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        path = "/" + String(Substring(rest.drop { $0 == slash }))
        let hasHost =
            rest.first != slash
            || rest.starts(with: [slash, slash])
                && rest.dropFirst(2).first != slash
        guard !hasHost, !path.utf8.contains(where: Array("%?#".utf8).contains) else {
            throw TextError(
                "\(text.quoted) can be read in several ways",
                remedy: "write \(scheme):///path, without %, ? and #"
            )
        }
    }

    private static let sockets: Set<String> = ["unix", "unixgram", "unixpacket"]
}
