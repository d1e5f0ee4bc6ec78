/// Where a container's port is published on the host.
package struct PortBinding: Sendable, Equatable, Codable {
    /// The address; empty for all.
    package var hostIP: String?

    /// The port; empty for one that Docker chooses.
    package var hostPort: String?

    /// Makes a binding.
    package init(hostIP: String? = nil, hostPort: String? = nil) {
        self.hostIP = hostIP
        self.hostPort = hostPort
    }

    private enum CodingKeys: String, CodingKey {
        case hostIP = "HostIp"
        case hostPort = "HostPort"
    }
}
