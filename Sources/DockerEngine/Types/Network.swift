/// A network.
public struct Network: Sendable, Equatable, Decodable {
    /// Its ID.
    public let id: String

    /// Its name.
    public let name: String

    /// Its driver, such as `bridge`.
    public let driver: String?

    /// `local`, `swarm` or `global`.
    public let scope: String?

    /// Whether it has no way out.
    public let isInternal: Bool?

    /// Whether plain containers may join an overlay.
    public let isAttachable: Bool?

    /// Whether it has IPv6.
    public let hasIPv6: Bool?

    /// Its addresses.
    public let ipam: NetworkIPAM?

    /// Its driver's options.
    public let options: [String: String]?

    /// Its labels.
    public let labels: [String: String]?

    /// Its running containers by ID; only in an inspection.
    public let containers: [String: NetworkMember]?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case driver = "Driver"
        case scope = "Scope"
        case isInternal = "Internal"
        case isAttachable = "Attachable"
        case hasIPv6 = "EnableIPv6"
        case ipam = "IPAM"
        case options = "Options"
        case labels = "Labels"
        case containers = "Containers"
    }
}

/// A running container in a network.
public struct NetworkMember: Sendable, Equatable, Decodable {
    /// The container's name.
    public let name: String?

    /// Its place in the network.
    public let endpointID: String?

    /// Its hardware address.
    public let macAddress: String?

    /// Its address with the prefix's length, such as `172.30.0.11/24`.
    public let ipv4Address: String?

    /// Its IPv6 address with the prefix's length.
    public let ipv6Address: String?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case endpointID = "EndpointID"
        case macAddress = "MacAddress"
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
    }
}

/// Where a network's addresses come from.
public struct NetworkIPAM: Sendable, Equatable, Codable {
    /// The address driver, `default`.
    public var driver: String?

    /// The pools.
    public var config: [AddressPool]?

    /// The driver's options.
    public var options: [String: String]?

    /// Makes a configuration.
    public init(
        driver: String? = nil,
        config: [AddressPool]? = nil,
        options: [String: String]? = nil
    ) {
        self.driver = driver
        self.config = config
        self.options = options
    }

    private enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case config = "Config"
        case options = "Options"
    }
}

/// A range of addresses of a network.
public struct AddressPool: Sendable, Equatable, Codable {
    /// The subnet, such as `172.30.0.0/24`.
    public var subnet: String?

    /// The part of it that Docker gives out by itself.
    public var ipRange: String?

    /// The address of the host in it.
    public var gateway: String?

    /// Addresses that are taken, by name.
    public var auxiliaryAddresses: [String: String]?

    /// Makes a pool.
    public init(
        subnet: String? = nil,
        ipRange: String? = nil,
        gateway: String? = nil,
        auxiliaryAddresses: [String: String]? = nil
    ) {
        self.subnet = subnet
        self.ipRange = ipRange
        self.gateway = gateway
        self.auxiliaryAddresses = auxiliaryAddresses
    }

    private enum CodingKeys: String, CodingKey {
        case subnet = "Subnet"
        case ipRange = "IPRange"
        case gateway = "Gateway"
        case auxiliaryAddresses = "AuxiliaryAddresses"
    }
}
