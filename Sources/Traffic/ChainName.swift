/// The name of a chain of one service.
///
/// - A service has one chain for each target port that host ports route to, so a switch of backends
///   rewrites one chain, however many host ports route there.
/// - It has one chain for each network in which it can be called by name: the service's address
///   there is routed to it on any port.
/// - And it has one that is its record: its rules say which containers are the service, also where
///   no element refers to it.
///
/// nft 1.0.6 lists no comment of a chain, so the name itself says whose the chain is:
/// `svc/<environment>/<service>/<port>-<protocol>`, `svc/<environment>/<service>/on/<bridge>`, or
/// `svc/<environment>/<service>`.
/// nft's identifiers may hold letters, digits and `/ - _ .` after a first letter; neither an
/// environment nor a service may hold a `/`, so the parts never run into each other, the prefix
/// makes any first character right, and no keyword holds a slash.
package struct ChainName: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// Shortened if need be, as the service's name.
    package let environment: String
    package let service: String
    /// The port that the containers listen on; nil for the other chains.
    package let target: TargetPort?
    /// The bridge of the network that callers by name are on; nil for the other chains.
    package let bridge: String?

    /// Names the chain of a service's port, or of its record.
    ///
    /// Names are kept as they are up to 63 characters of `A-Z a-z 0-9 . _ -`, which is all that a
    /// fleet may have; others are shortened and carry a hash.
    package init(environment: String, service: String, target: TargetPort?) {
        self.environment = NamePart.part(environment)
        self.service = NamePart.part(service)
        self.target = target
        bridge = nil
    }

    package init(environment: String, service: String, bridge: String) {
        self.environment = NamePart.part(environment)
        self.service = NamePart.part(service)
        self.bridge = bridge
        target = nil
    }

    /// Reads a chain's name back; nil for a name that is not of this form.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (3...5).contains(parts.count), parts[0] == Self.prefix else { return nil }
        let (environment, service) = (String(parts[1]), String(parts[2]))
        if parts.count == 5 {
            let bridge = String(parts[4])
            guard parts[3] == Self.calls, Network.isInterfaceName(bridge) else { return nil }
            self.init(environment: environment, service: service, bridge: bridge)
        } else {
            let target = parts.count == 4 ? TargetPort(parts[3]) : nil
            self.init(environment: environment, service: service, target: target)
        }
        guard description == text else { return nil }
    }

    private static let prefix = "svc"
    private static let calls = "on"

    /// The name as nft knows it, at most 151 of the kernel's 255 characters.
    package var description: String {
        let service = "\(Self.prefix)/\(environment)/\(service)"
        if let bridge { return "\(service)/\(Self.calls)/\(bridge)" }
        return target.map { "\(service)/\($0)" } ?? service
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.environment, left.service, left.target?.number ?? 0, left.description)
            < (right.environment, right.service, right.target?.number ?? 0, right.description)
    }
}

/// One part of a chain's name: a user's word as nft takes it.
///
/// A word that fits stays as it is.
/// Any other keeps its beginning and ends in `_.` and the 16 hexadecimal digits of its FNV-1a hash.
/// A part of a part is the same, so what is read back compares equal.
enum NamePart {
    private static let limit = 63
    private static let mark = "_."
    private static let hashLength = 16

    static func part(_ name: String) -> String {
        let fits = name.utf8.count <= limit && !name.isEmpty && name.utf8.allSatisfy(isAllowed)
        guard !fits else { return name }
        let kept = name.utf8.prefix(limit - hashLength - mark.count).map {
            isAllowed($0) ? Character(Unicode.Scalar($0)) : "_"
        }
        let hash = String(fnv1a(name), radix: 16)
        return String(kept) + mark + String(repeating: "0", count: hashLength - hash.count) + hash
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func fnv1a(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
