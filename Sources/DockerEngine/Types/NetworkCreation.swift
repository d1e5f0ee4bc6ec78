/// Everything a network is made from.
package struct NetworkCreateBody: Sendable, Equatable, Encodable {
    /// Its name.
    package var name: String

    /// Its driver.
    package var driver: String

    /// The driver's options, such as `com.docker.network.bridge.name`.
    package var options: [String: String]?

    /// Its addresses; nil takes one of Docker's pools.
    package var ipam: NetworkIPAM?

    /// Its labels.
    package var labels: [String: String]?

    /// Whether it has no way out.
    package var isInternal: Bool?

    /// Whether plain containers may join an overlay.
    package var isAttachable: Bool?

    /// Whether it has IPv6.
    package var hasIPv6: Bool?

    /// Whether a taken name is an error; from API 1.44 it always is.
    package var refusesDuplicates: Bool

    /// Makes a body.
    package init(
        name: String,
        driver: String = "bridge",
        options: [String: String]? = nil,
        ipam: NetworkIPAM? = nil,
        labels: [String: String]? = nil,
        isInternal: Bool? = nil,
        isAttachable: Bool? = nil,
        hasIPv6: Bool? = nil,
        refusesDuplicates: Bool = true
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.ipam = ipam
        self.labels = labels
        self.isInternal = isInternal
        self.isAttachable = isAttachable
        self.hasIPv6 = hasIPv6
        self.refusesDuplicates = refusesDuplicates
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case options = "Options"
        case ipam = "IPAM"
        case labels = "Labels"
        case isInternal = "Internal"
        case isAttachable = "Attachable"
        case hasIPv6 = "EnableIPv6"
        case refusesDuplicates = "CheckDuplicate"
    }
}

/// What became of a network's creation.
package struct CreatedNetwork: Sendable, Equatable, Decodable {
    /// The new network's ID.
    package let id: String

    /// What Docker did not do as it was asked to; empty if there is nothing.
    package let warning: String?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warning = "Warning"
    }
}
