internal import Platform

/// Where the Docker daemon listens: a unix socket on this machine, and nothing else.
///
/// Over TCP every process that can reach the port would have the socket's rights, and SSH would
/// need another trusted program; each daemon has a Berth beside it instead.
package struct EngineAddress: Sendable, Hashable {
    package let socketPath: String

    static let standard = EngineAddress(uncheckedPath: "/var/run/docker.sock")

    private init(uncheckedPath: String) {
        socketPath = uncheckedPath
    }

    /// Reads an address as `DOCKER_HOST` holds it: `unix:///path`, or a plain absolute path.
    ///
    /// An empty one means the standard one, as it does for Docker.
    ///
    /// - Throws: `EngineError` of kind `invalidAddress`, with what to write instead.
    package init(_ text: String) throws(EngineError) {
        guard !text.isEmpty else {
            self = .standard
            return
        }
        let path: String
        if text.hasPrefix("unix://") {
            path = String(text.dropFirst("unix://".count))
        } else if let scheme = text.scheme {
            throw EngineError.invalidAddress(text, Self.remedy(forScheme: scheme))
        } else {
            path = text
        }
        guard path.hasPrefix("/") else {
            throw EngineError.invalidAddress(
                text,
                "write the absolute path of Docker's socket, such as unix:///var/run/docker.sock"
            )
        }
        guard path.utf8.count <= 107, !path.utf8.contains(0) else {
            throw EngineError.invalidAddress(text, "a socket's path has at most 107 bytes")
        }
        socketPath = path
    }

    var socketAddress: SocketAddress { .unix(path: socketPath) }

    private static func remedy(forScheme scheme: String) -> String {
        switch scheme {
        case "tcp", "http", "https":
            """
            only unix sockets are supported: run this on the Docker host itself and write \
            unix:///var/run/docker.sock
            """
        case "ssh":
            "run this on the Docker host itself (ssh there first) and write the socket's path"
        default:
            "only unix sockets are supported, such as unix:///var/run/docker.sock"
        }
    }
}

extension EngineAddress: CustomStringConvertible {
    package var description: String { socketPath }
}

extension String {
    /// What stands before `://`, or nil.
    fileprivate var scheme: String? {
        guard let colon = firstIndex(of: ":"), self[colon...].hasPrefix("://") else { return nil }
        return self[..<colon].lowercased()
    }
}
