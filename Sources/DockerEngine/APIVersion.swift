/// A version of the Engine API, such as 1.41.
package struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]),
            (0..<1000).contains(major), (0..<1000).contains(minor)
        else { return nil }
        self.init(major, minor)
    }

    /// Compares by number, so that 1.9 comes before 1.10.
    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    package var description: String { "\(major).\(minor)" }
}

extension APIVersion {
    /// The newest version that this client is written for.
    static let newest = APIVersion(1, 48)

    /// The version of Docker 20.10.
    static let oldest = APIVersion(1, 41)

    /// The version to speak with a daemon that speaks at most `offered`.
    static func negotiated(with offered: APIVersion) throws(EngineError) -> APIVersion {
        guard offered >= oldest else {
            throw EngineError(
                .unsupportedVersion,
                "GET /_ping",
                "it speaks API \(offered) at most, and Berth needs \(oldest) or newer; "
                    + "update Docker to 20.10 or newer"
            )
        }
        return min(newest, offered)
    }
}
