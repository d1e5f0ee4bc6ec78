public import Platform

/// A bridge whose containers we send traffic to.
public struct Network: Hashable, Sendable {
    /// The environment whose network it is.
    public let environment: String

    /// The bridge's interface name, such as `br-prod`.
    public let bridge: String

    /// The addresses of the containers behind it.
    public let subnet: IPv4Subnet

    /// Describes a bridge.
    public init(environment: String, bridge: String, subnet: IPv4Subnet) {
        self.environment = NamePart.environment(environment)
        self.bridge = bridge
        self.subnet = subnet
    }

    /// The name of the chain with the bridge's rules: `net/<environment>/<bridge>`.
    var chain: String { "\(Self.prefix)/\(environment)/\(bridge)" }

    /// Replies must come back through us to be translated back.
    ///
    /// They would not where the caller is 127.0.0.1 (the container would answer itself) or sits on
    /// the same network (the reply would go straight to it), so both appear as the bridge's
    /// address.
    var rules: [Rule] {
        [BaseChain.loopback, subnet].map { Rule(.source($0), .masquerade) }
    }

    /// The environment that a chain's name of this form speaks of; nil for other names.
    static func environment(ofChain name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == prefix else { return nil }
        return String(parts[1])
    }

    /// Tells whether the kernel allows `name` and nft reads it as one name (`*` is a wildcard).
    static func isInterfaceName(_ name: String) -> Bool {
        let marks = Set("-_.")
        return (1...15).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) }
    }

    private static let prefix = "net"
}
