/// Networks, by ID or name.
extension EngineClient {
    /// `GET /networks`, without their containers.
    package func listNetworks() async throws(EngineError) -> [Network] {
        try await fetch(EngineCall(.get, "/networks"))
    }

    /// `GET /networks/{id}`.
    package func inspectNetwork(_ id: String) async throws(EngineError) -> Network {
        try await fetch(EngineCall(.get, "/networks/\(id)"))
    }

    /// `POST /networks/create`.
    ///
    /// Fails with `conflict` if the name is in use, `forbidden` if its addresses
    ///   overlap with those of another network.
    package func createNetwork(_ body: NetworkCreateBody) async throws(EngineError) {
        var call = EngineCall(.post, "/networks/create", about: body.name)
        call.body = try call.encode(body)
        try await perform(call)
    }

    /// `DELETE /networks/{id}`.
    ///
    /// Fails with `forbidden` if a container runs on it.
    package func removeNetwork(_ id: String) async throws(EngineError) {
        try await perform(EngineCall(.delete, "/networks/\(id)"))
    }

    /// `POST /networks/{id}/connect`.
    ///
    /// Fails with `forbidden` if the container is connected already.
    package func connectNetwork(
        _ id: String,
        container: String,
        _ settings: EndpointSettings = EndpointSettings()
    ) async throws(EngineError) {
        struct Body: Encodable {
            let container: String
            let endpointConfig: EndpointSettings
        }
        var call = EngineCall(.post, "/networks/\(id)/connect", about: container)
        call.body = try call.encode(Body(container: container, endpointConfig: settings))
        try await perform(call)
    }
}

package struct Network: Sendable, Equatable, Decodable {
    package let id: String
    package let name: String

    /// Such as `bridge`.
    package let driver: String?

    /// Whether it has no way out.
    package let isInternal: Bool?

    /// Whether plain containers may join an overlay.
    package let attachable: Bool?
    package let enableIPv6: Bool?
    package let ipam: NetworkIPAM?

    /// Of its driver.
    package let options: [String: String]?
    package let labels: [String: String]?

    /// Those that run, by ID; only in an inspection.
    package let containers: [String: NetworkMember]?
}

/// A running container in a network.
package struct NetworkMember: Sendable, Equatable, Decodable {
    /// With the prefix's length, such as `172.30.0.11/24`.
    package let ipv4Address: String?
}

package struct NetworkIPAM: Sendable, Equatable, Codable {
    package let config: [AddressPool]?

    package init(config: [AddressPool]? = nil) {
        self.config = config
    }
}

/// A range of addresses of a network.
package struct AddressPool: Sendable, Equatable, Codable {
    /// Such as `172.30.0.0/24`.
    package let subnet: String?

    /// The part of it that Docker assigns by itself.
    package let ipRange: String?

    /// The address of the host in it.
    package let gateway: String?

    /// Reserved addresses, by name.
    package let auxiliaryAddresses: [String: String]?

    package init(
        subnet: String? = nil,
        ipRange: String? = nil,
        gateway: String? = nil
    ) {
        self.subnet = subnet
        self.ipRange = ipRange
        self.gateway = gateway
        auxiliaryAddresses = nil
    }
}

package struct NetworkCreateBody: Sendable, Equatable, Encodable {
    package let name: String
    package let driver: String

    /// Of the driver, such as `com.docker.network.bridge.name`.
    package let options: [String: String]?

    /// Nil takes one of Docker's pools.
    package let ipam: NetworkIPAM?
    package let labels: [String: String]?

    /// Whether it has no way out.
    package let isInternal: Bool?

    /// Whether plain containers may join an overlay.
    package let attachable: Bool?
    package let enableIPv6: Bool?

    /// Makes a name that is in use an error; from API 1.44 on it always is.
    let checkDuplicate = true

    package init(
        name: String,
        driver: String = "bridge",
        options: [String: String]? = nil,
        ipam: NetworkIPAM? = nil,
        labels: [String: String]? = nil,
        isInternal: Bool? = nil,
        attachable: Bool? = nil,
        enableIPv6: Bool? = nil
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.ipam = ipam
        self.labels = labels
        self.isInternal = isInternal
        self.attachable = attachable
        self.enableIPv6 = enableIPv6
    }
}

/// A container's endpoint in a network: what is requested and, once it runs, what it has.
package struct EndpointSettings: Sendable, Equatable, Codable {
    /// Requested addresses.
    package var ipamConfig: EndpointIPAM?

    /// More names in the network's DNS.
    package var aliases: [String]?
    package var macAddress: String?
    package var driverOpts: [String: String]?

    /// The network with the highest one has the default route; API 1.48.
    package var gwPriority: Int?

    // The rest is only read; the addresses are empty while the container does not run.

    package private(set) var networkID: String?
    package private(set) var ipAddress: String?
    package private(set) var globalIPv6Address: String?

    package init() {}
}

/// Addresses that a container requests in a network.
package struct EndpointIPAM: Sendable, Equatable, Codable {
    package let ipv4Address: String?
    package let ipv6Address: String?
    package let linkLocalIPs: [String]?

    package init(
        ipv4Address: String? = nil,
        ipv6Address: String? = nil,
        linkLocalIPs: [String]? = nil
    ) {
        self.ipv4Address = ipv4Address
        self.ipv6Address = ipv6Address
        self.linkLocalIPs = linkLocalIPs
    }
}
