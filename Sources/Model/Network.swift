/// A network of the environment (Compose top-level `networks`).
package struct Network: Hashable, Sendable {
    /// The key that services name it by.
    package var key: String
    /// The name in Docker; nil is `<environment>_<key>`.
    package var name: String?
    /// Made by somebody else; only looked up.
    package var isExternal: Bool
    /// The driver; nil is `bridge`.
    package var driver: String?
    /// Options for the driver.
    package var driverOptions: [String: String]
    /// Without a way out.
    package var isInternal: Bool
    /// Open to containers started by hand.
    package var isAttachable: Bool
    /// With IPv6 addresses, by which published ports are served, too.
    package var enablesIPv6: Bool
    /// Subnets with gateways and ranges, where the manifest fixes them.
    package var subnets: [Subnet]
    /// Labels beside Berth's own.
    package var labels: [String: String]

    /// One address range of a network (Compose `ipam.config`).
    package struct Subnet: Hashable, Sendable {
        /// In CIDR notation.
        package var subnet: String
        /// The gateway's address.
        package var gateway: String?
        /// The part that Docker hands out, in CIDR notation.
        package var range: String?

        /// Makes a subnet.
        package init(subnet: String, gateway: String? = nil, range: String? = nil) {
            self.subnet = subnet
            self.gateway = gateway
            self.range = range
        }
    }

    /// Makes a network; the defaults are Compose's.
    package init(
        key: String,
        name: String? = nil,
        isExternal: Bool = false,
        driver: String? = nil,
        driverOptions: [String: String] = [:],
        isInternal: Bool = false,
        isAttachable: Bool = false,
        enablesIPv6: Bool = false,
        subnets: [Subnet] = [],
        labels: [String: String] = [:]
    ) {
        self.key = key
        self.name = name
        self.isExternal = isExternal
        self.driver = driver
        self.driverOptions = driverOptions
        self.isInternal = isInternal
        self.isAttachable = isAttachable
        self.enablesIPv6 = enablesIPv6
        self.subnets = subnets
        self.labels = labels
    }
}
