/// A container's place in one network: what is asked for and, once it runs, what it got.
package struct EndpointSettings: Sendable, Equatable, Codable {
    /// Addresses that are asked for.
    package var ipamConfig: EndpointIPAM?

    /// More names the network's DNS knows it by.
    package var aliases: [String]?

    /// Its hardware address.
    package var macAddress: String?

    /// Options for the network's driver.
    package var driverOpts: [String: String]?

    /// Containers it knows by other names.
    package var links: [String]?

    /// Which network has the default route, highest first; API 1.48.
    package var gwPriority: Int?

    /// The network.
    package var networkID: String?

    /// The place; empty while the container does not run.
    package var endpointID: String?

    /// The IPv4 address it has; empty while it does not run.
    package var ipAddress: String?

    /// The length of its network's prefix.
    package var ipPrefixLength: Int?

    /// The IPv4 gateway.
    package var gateway: String?

    /// The IPv6 address it has.
    package var globalIPv6Address: String?

    /// The length of its network's prefix.
    package var globalIPv6PrefixLength: Int?

    /// The IPv6 gateway.
    package var ipv6Gateway: String?

    /// All names the network's DNS knows it by; API 1.44.
    package var dnsNames: [String]?

    /// Makes an empty one, in which everything is left to Docker.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case ipamConfig = "IPAMConfig"
        case aliases = "Aliases"
        case macAddress = "MacAddress"
        case driverOpts = "DriverOpts"
        case links = "Links"
        case gwPriority = "GwPriority"
        case networkID = "NetworkID"
        case endpointID = "EndpointID"
        case ipAddress = "IPAddress"
        case ipPrefixLength = "IPPrefixLen"
        case gateway = "Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLength = "GlobalIPv6PrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case dnsNames = "DNSNames"
    }
}

/// Addresses that a container asks a network for.
package struct EndpointIPAM: Sendable, Equatable, Codable {
    /// The IPv4 address.
    package var ipv4Address: String?

    /// The IPv6 address.
    package var ipv6Address: String?

    /// Link-local addresses.
    package var linkLocalIPs: [String]?

    /// Makes a wish for addresses.
    package init(
        ipv4Address: String? = nil,
        ipv6Address: String? = nil,
        linkLocalIPs: [String]? = nil
    ) {
        self.ipv4Address = ipv4Address
        self.ipv6Address = ipv6Address
        self.linkLocalIPs = linkLocalIPs
    }

    private enum CodingKeys: String, CodingKey {
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
        case linkLocalIPs = "LinkLocalIPs"
    }
}
