/// What a container is connected to.
package enum NetworkMode: Hashable, Sendable, Encodable {
    /// Networks of the environment, at least one.
    case networks([NetworkAttachment])
    /// The host's own network.
    case host
    /// Docker's default bridge.
    case bridge
    /// Nothing.
    case none

    /// Encodes the networks, or Compose's `network_mode`: a case without a value must not look
    /// empty.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .networks(let attachments): try container.encode(attachments)
        case .host: try container.encode("host")
        case .bridge: try container.encode("bridge")
        case .none: try container.encode("none")
        }
    }
}

/// One network that a container joins (Compose `services.<name>.networks.<key>`).
package struct NetworkAttachment: Hashable, Sendable, Encodable {
    /// The key at the top level of the manifest, or `default`.
    package var network: String
    /// Names that Docker's DNS gives the container there.
    package var aliases: [String]
    /// A fixed address; it excludes start-first updates.
    package var ipv4Address: String?
    /// A fixed address; it excludes start-first updates.
    package var ipv6Address: String?
    /// Addresses of link-local scope.
    package var linkLocalAddresses: [String]
    /// A fixed hardware address.
    package var macAddress: String?
    /// Options for the network's driver.
    package var driverOptions: [String: String]
    /// The order of connecting, highest first.
    package var priority: Int
    /// Which network gives the default route, highest first (API 1.48).
    package var gatewayPriority: Int

    /// Makes an attachment.
    package init(
        network: String,
        aliases: [String] = [],
        ipv4Address: String? = nil,
        ipv6Address: String? = nil,
        linkLocalAddresses: [String] = [],
        macAddress: String? = nil,
        driverOptions: [String: String] = [:],
        priority: Int = 0,
        gatewayPriority: Int = 0
    ) {
        self.network = network
        self.aliases = aliases
        self.ipv4Address = ipv4Address
        self.ipv6Address = ipv6Address
        self.linkLocalAddresses = linkLocalAddresses
        self.macAddress = macAddress
        self.driverOptions = driverOptions
        self.priority = priority
        self.gatewayPriority = gatewayPriority
    }
}
