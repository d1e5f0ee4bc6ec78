internal import Model

/// One entry of `expose`: `8080`, `8080/udp` or `8080-8090`.
enum ExposeText {
    /// The ports that an entry stands for.
    static func parse(_ text: String) throws(TextError) -> [ContainerPort] {
        let ports = try PortText.parse(text)
        return try ports.map { port throws(TextError) in
            guard port.published == nil, port.address == nil,
                let transport = TransportProtocol(rawValue: port.transport)
            else {
                throw TextError(
                    "\(text.quoted) publishes a port",
                    remedy: "write the container's port alone, or use ports:"
                )
            }
            return ContainerPort(port.target, transport)
        }
    }
}
