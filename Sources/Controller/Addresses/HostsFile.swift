internal import Model
internal import Platform

/// The `/etc/hosts` of a service's containers: its neighbours at their service addresses.
///
/// One file a service, mounted read-only and rewritten in place, so that running containers see
/// services come.
struct HostsFile: Equatable {
    /// Names to addresses, in the order of the lines.
    var lines: [(address: String, names: [String])]

    /// Lists what a container of `service` may call by name.
    init(
        for service: Service,
        neighbours: [(name: String, aliases: [String], address: IPv4Address)],
        gateway: IPv4Address?
    ) {
        lines = [
            ("127.0.0.1", ["localhost"]),
            ("::1", ["localhost", "ip6-localhost", "ip6-loopback"]),
        ]
        lines += neighbours.map { ($0.address.description, [$0.name] + $0.aliases) }
        for host in service.container.extraHosts {
            let address =
                host.address == "host-gateway" ? gateway?.description ?? "" : host.address
            if !address.isEmpty { lines.append((address, [host.name])) }
        }
    }

    /// The file's text.
    var text: String {
        "# Written by Berth; changes are overwritten.\n"
            + lines.map { "\($0.address)\t\($0.names.joined(separator: " "))\n" }.joined()
    }

    static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    /// Reads the service addresses back from a file written before.
    static func serviceAddresses(in text: String) -> [(name: String, address: IPv4Address)] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count >= 2, let address = IPv4Address(fields[0]),
                address.rawValue & 0xFFFF_0000 == ServiceAddresses.range.rawValue
            else { return nil }
            return (String(fields[1]), address)
        }
    }
}
