/// A network.
package struct Network: Sendable, Equatable, Decodable {
    /// Its ID.
    package let id: String

    /// Its name.
    package let name: String

    /// Its driver, such as `bridge`.
    package let driver: String?

    /// `local`, `swarm` or `global`.
    package let scope: String?

    /// Whether it has no way out.
    package let isInternal: Bool?

    /// Whether plain containers may join an overlay.
    package let isAttachable: Bool?

    /// Whether it has IPv6.
    package let hasIPv6: Bool?

    /// Its addresses.
    package let ipam: NetworkIPAM?

    /// Its driver's options.
    package let options: [String: String]?

    /// Its labels.
    package let labels: [String: String]?

    /// Its running containers by ID; only in an inspection.
    package let containers: [String: NetworkMember]?

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
package struct NetworkMember: Sendable, Equatable, Decodable {
    /// The container's name.
    package let name: String?

    /// Its place in the network.
    package let endpointID: String?

    /// Its hardware address.
    package let macAddress: String?

    /// Its address with the prefix's length, such as `172.30.0.11/24`.
    package let ipv4Address: String?

    /// Its IPv6 address with the prefix's length.
    package let ipv6Address: String?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case endpointID = "EndpointID"
        case macAddress = "MacAddress"
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
    }
}

/// Where a network's addresses come from.
package struct NetworkIPAM: Sendable, Equatable, Codable {
    /// The address driver, `default`.
    package var driver: String?

    /// The pools.
    package var config: [AddressPool]?

    /// The driver's options.
    package var options: [String: String]?

    /// Makes a configuration.
    package init(
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
package struct AddressPool: Sendable, Equatable, Codable {
    /// The subnet, such as `172.30.0.0/24`.
    package var subnet: String?

    /// The part of it that Docker gives out by itself.
    package var ipRange: String?

    /// The address of the host in it.
    package var gateway: String?

    /// Addresses that are taken, by name.
    package var auxiliaryAddresses: [String: String]?

    /// Makes a pool.
    package init(
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
