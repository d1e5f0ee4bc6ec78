internal import Model

/// Ports of the host that an environment may publish: `80`, `8000-8999`, `443/tcp`, `53/udp`.
struct PortRange: Hashable, Sendable {
    /// The ports; 0 stands for one that Docker chooses.
    var numbers: ClosedRange<Int>
    /// The transport; nil is either.
    var transport: TransportProtocol?

    /// Reads an entry of `policy.ports`.
    init(_ text: String) throws(TextError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        numbers = try PortText.range(String(parts.first ?? ""), "host port", in: text)
        guard parts.count > 1 else { return }
        guard parts.count == 2, let transport = TransportProtocol(rawValue: String(parts[1])),
            transport != .sctp
        else {
            throw TextError("\(text.quoted) is no range of ports", remedy: "write 8000-8999/tcp")
        }
        self.transport = transport
    }

    /// Whether the port is among them.
    func contains(_ port: Int, _ transport: TransportProtocol) -> Bool {
        numbers.contains(port) && (self.transport ?? transport) == transport
    }
}
