internal import Model

/// One port of a service, as Compose's short form says it:
/// `[[address:][host]:]container[/transport]`.
struct PortText: Hashable, Sendable {
    /// The host's address; nil is all of them.
    var address: String?
    /// The host's port or, for one container port, a range of ports to choose from; nil leaves the
    /// choice to Docker.
    var published: String?
    var target: Int
    /// `tcp`, `udp` or `sctp`.
    var transport: String

    static let longestRange = 1_000

    /// Reads an entry; ranges of equal length become one port each.
    static func parse(_ text: String) throws(TextError) -> [PortText] {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let container = parts.last.map(String.init) ?? ""
        let host = parts.count > 1 ? String(parts[parts.count - 2]) : ""
        let address = try address(parts.dropLast(2).joined(separator: ":"), in: text)
        let (number, transport) = try transport(of: container, in: text)
        let targets = try range(number, "container port", in: text)
        let published = host.isEmpty ? nil : try range(host, "host port", in: text)
        guard targets.lowerBound > 0 else {
            throw TextError("\(text.quoted): a container has no port 0", remedy: "write 1 to 65535")
        }
        guard let published, published.count != targets.count else {
            return try expand(targets, published, address: address, transport, in: text)
        }
        guard targets.count == 1 else {
            throw TextError("\(text.quoted): the two ranges differ in length")
                .with(remedy: "give as many host ports as container ports")
        }
        return [
            PortText(
                address: address,
                published: "\(published.lowerBound)-\(published.upperBound)",
                target: targets.lowerBound,
                transport: transport
            )
        ]
    }

    private static func expand(
        _ targets: ClosedRange<Int>,
        _ published: ClosedRange<Int>?,
        address: String?,
        _ transport: String,
        in text: String
    ) throws(TextError) -> [PortText] {
        guard targets.count <= longestRange else {
            throw TextError("\(text.quoted) stands for more than \(longestRange) ports")
                .with(remedy: "publish fewer ports")
        }
        let ports = targets.map { target in
            PortText(
                address: address,
                published: published.map { "\($0.lowerBound + target - targets.lowerBound)" },
                target: target,
                transport: transport
            )
        }
        // Compose's own order, which is that of the texts.
        return ports.sorted { "\($0.target)/" < "\($1.target)/" }
    }

    private static func address(_ text: String, in whole: String) throws(TextError) -> String? {
        var address = text
        if address.hasPrefix("["), address.hasSuffix("]") {
            address = String(address.dropFirst().dropLast())
        }
        guard !address.isEmpty else { return nil }
        guard IPAddressText.isAddress(address) else {
            throw TextError("\(whole.quoted): \(address.quoted) is not an IP address")
                .with(remedy: "write an IPv4 address or an IPv6 address in brackets")
        }
        return address
    }

    private static func transport(
        of container: String,
        in text: String
    ) throws(TextError) -> (number: String, transport: String) {
        guard let slash = container.firstIndex(of: "/") else { return (container, "tcp") }
        let name = container[container.index(after: slash)...].lowercased()
        guard ["", "tcp", "udp", "sctp"].contains(name) else {
            throw TextError("\(text.quoted): \(name.quoted) is not a transport")
                .with(remedy: "write tcp, udp or sctp")
        }
        return (String(container[..<slash]), name.isEmpty ? "tcp" : name)
    }

    /// Reads `80` or `80-82`.
    static func range(
        _ text: String,
        _ what: String,
        in whole: String
    ) throws(TextError) -> ClosedRange<Int> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(port)
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else {
            let subject =
                text.isEmpty ? "the \(what) is missing" : "\(text.quoted) is not a \(what)"
            throw TextError(whole == text ? subject : "\(whole.quoted): \(subject)")
                .with(remedy: "write ports as 8080:80, or a range as 8080-8082:80-82")
        }
        guard first <= last else {
            throw TextError("\(whole.quoted): the range \(text) runs backwards", remedy: "swap it")
        }
        return first...last
    }

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), number <= 65_535
        else { return nil }
        return number
    }
}

/// One entry of `expose`: `8080`, `8080/udp` or `8080-8090`.
enum ExposeText {
    static func parse(_ text: String) throws(TextError) -> [ContainerPort] {
        let ports = try PortText.parse(text)
        return try ports.map { port throws(TextError) in
            guard port.published == nil, port.address == nil,
                let transport = TransportProtocol(rawValue: port.transport)
            else {
                throw TextError("\(text.quoted) publishes a port")
                    .with(remedy: "write the container's port alone, or use ports:")
            }
            return ContainerPort(port.target, transport)
        }
    }
}

/// Ports of the host that an environment may publish: `80`, `8000-8999`, `443/tcp`, `53/udp`.
struct PortRange: Hashable, Sendable {
    /// The ports; 0 stands for one that Docker chooses.
    var numbers: ClosedRange<Int>
    /// The transport; nil is either.
    var transport: TransportProtocol?

    init(_ text: String) throws(TextError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        numbers = try PortText.range(String(parts.first ?? ""), "host port", in: text)
        guard parts.count > 1 else { return }
        guard parts.count == 2, let transport = TransportProtocol(rawValue: String(parts[1])),
            transport != .sctp
        else {
            throw TextError("\(text.quoted) is not a range of ports", remedy: "write 8000-8999/tcp")
        }
        self.transport = transport
    }

    func contains(_ port: Int, _ transport: TransportProtocol) -> Bool {
        numbers.contains(port) && (self.transport ?? transport) == transport
    }
}
