internal import Addresses
internal import Model
internal import Traffic

/// The `/etc/hosts` of a service's containers: its neighbours at their service addresses.
///
/// One file a service, mounted read-only and rewritten in place, so that running containers see
/// services come.
struct HostsFile: Equatable {
    /// The file's text.
    let text: String

    /// A service as the callers on a network find it.
    struct Neighbour {
        var name: String
        var aliases: [String]
        /// Its address in `network`, which is the network's name in Docker.
        var address: IPv4Address
        var network: String
    }

    /// The lines of the services on some networks, which all callers there share.
    struct Neighbours {
        fileprivate let text: String

        /// Names to addresses, in the order of the lines.
        init(_ services: [Neighbour]) {
            text = services.map { service in
                let names = [service.name] + service.aliases
                return HostsFile.line(service.address.description, names, note: service.network)
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

    private static func line(_ address: String, _ names: [String], note: String? = nil) -> String {
        "\(address)\t\(names.joined(separator: " "))\(note.map { "\t# \($0)" } ?? "")\n"
    }

    /// Reads the service addresses back from a file written before; lines without a network are
    /// those of ``Traffic/FormerRange``.
    static func serviceAddresses(
        in text: String
    ) -> [(name: String, address: IPv4Address, network: String?)] {
        text.split(separator: "\n").compactMap { line in
            let halves = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let fields = halves[0].split { $0 == "\t" || $0 == " " }
            guard fields.count >= 2, let address = IPv4Address(fields[0]) else { return nil }
            let note = halves.dropFirst().first?.drop { $0 == " " }
            guard let network = note.map(String.init) else {
                guard FormerRange.subnet.contains(address) else { return nil }
                return (String(fields[1]), address, nil)
            }
            return (String(fields[1]), address, network)
        }
    }
}
