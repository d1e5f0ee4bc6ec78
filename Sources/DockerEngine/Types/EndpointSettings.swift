/// A container's place in one network: what is asked for and, once it runs, what it got.
public struct EndpointSettings: Sendable, Equatable, Codable {
    /// Addresses that are asked for.
    public var ipamConfig: EndpointIPAM?

    /// More names the network's DNS knows it by.
    public var aliases: [String]?

    /// Its hardware address.
    public var macAddress: String?

    /// Options for the network's driver.
    public var driverOpts: [String: String]?

    /// Containers it knows by other names.
    public var links: [String]?

    /// Which network has the default route, highest first; API 1.48.
    public var gwPriority: Int?

    /// The network.
    public var networkID: String?

    /// The place; empty while the container does not run.
    public var endpointID: String?

    /// The IPv4 address it has; empty while it does not run.
    public var ipAddress: String?

    /// The length of its network's prefix.
    public var ipPrefixLength: Int?

    /// The IPv4 gateway.
    public var gateway: String?

    /// The IPv6 address it has.
    public var globalIPv6Address: String?

    /// The length of its network's prefix.
    public var globalIPv6PrefixLength: Int?

    /// The IPv6 gateway.
    public var ipv6Gateway: String?

    /// All names the network's DNS knows it by; API 1.44.
    public var dnsNames: [String]?

    /// Makes an empty one, in which everything is left to Docker.
    public init() {}

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
public struct EndpointIPAM: Sendable, Equatable, Codable {
    /// The IPv4 address.
    public var ipv4Address: String?

    /// The IPv6 address.
    public var ipv6Address: String?

    /// Link-local addresses.
    public var linkLocalIPs: [String]?

    /// Makes a wish for addresses.
    public init(
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
