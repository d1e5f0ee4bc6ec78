package import Addresses
package import Platform

/// Where requests come from and go to.
package struct Target: Hashable, Sendable {
    /// What callers call the other side.
    package enum Host: Hashable, Sendable {
        /// An address.
        case address(IPv4Address)

        /// An address of IPv6.
        case address6(IPv6Address)

        /// A name, looked up in a hosts file before each connection, as hosts(5) has it.
        case name(String, hostsFile: String)

        /// A name that the system's resolver is asked for before each connection.
        case resolved(String)
    }

    /// Whether each request has a connection of its own.
    package enum Connections: Sendable {
        /// A new one each time, which the server closes.
        case new

        /// One for all requests, until the server says that it closes (RFC 9112 §9.6).
        case kept
    }

    /// What reports call it.
    package var name: String
    /// The network namespace that the connections come from; nil is this process's own.
    package var namespace: NetworkNamespace?
    /// Where they go.
    package var host: Host
    /// The port they go to.
    package var port: UInt16
    /// What is asked for.
    package var path: String
    /// What becomes of a connection after its request.
    package var connections: Connections

    /// Describes a target with an address.
    package init(
        _ name: String,
        from namespace: NetworkNamespace? = nil,
        to address: IPv4Address,
        port: UInt16,
        path: String = "/",
        connections: Connections = .new
    ) {
        self.init(
            name,
            from: namespace,
            to: .address(address),
            port: port,
            path: path,
            connections: connections
        )
    }

    /// Describes a target.
    package init(
        _ name: String,
        from namespace: NetworkNamespace?,
        to host: Host,
        port: UInt16,
        path: String = "/",
        connections: Connections = .new
    ) {
        self.name = name
        self.namespace = namespace
        self.host = host
        self.port = port
        self.path = path
        self.connections = connections
    }
}
