internal import Model
internal import Platform

/// The `/etc/hosts` of a service's containers: its neighbours at their service addresses.
///
/// One file a service, mounted read-only and rewritten in place, so that running containers see
/// services come.
struct HostsFile: Equatable {
    /// The file's text.
    let text: String

    /// The lines of the services on some networks, which all of them share.
    struct Neighbours {
        fileprivate let text: String

        /// Names to addresses, in the order of the lines.
        init(_ services: [(name: String, aliases: [String], address: IPv4Address)]) {
            text = services.map { service in
                HostsFile.line(service.address.description, [service.name] + service.aliases)
            }.joined()
        }
    }

    /// Lists what a container of `service` may call by name.
    init(for service: Service, neighbours: Neighbours, gateway: IPv4Address?) {
        var text = Self.head + neighbours.text
        for host in service.container.extraHosts {
            let address =
                host.address == "host-gateway" ? gateway?.description ?? "" : host.address
            if !address.isEmpty { text += Self.line(address, [host.name]) }
        }
        self.text = text
    }

    private static let head =
        "# Written by Berth; changes are overwritten.\n"
        + line("127.0.0.1", ["localhost"])
        + line("::1", ["localhost", "ip6-localhost", "ip6-loopback"])

    private static func line(_ address: String, _ names: [String]) -> String {
        "\(address)\t\(names.joined(separator: " "))\n"
    }

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
