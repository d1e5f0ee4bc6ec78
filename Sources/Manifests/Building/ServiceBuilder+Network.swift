internal import Addresses
internal import Model

/// Networks and ports.
extension ServiceBuilder {
    mutating func network() -> NetworkMode {
        let networks = service["networks"]
        if let mode = service["network_mode"]?.string {
            if networks?.map?.isEmpty == false {
                report(
                    TextError("network_mode and networks exclude each other", remedy: "remove one"),
                    "network_mode"
                )
            }
            switch mode {
            case "host": return .host
            case "none": return .none
            default: return .bridge
            }
        }
        let attachments = (networks?.map ?? OrderedMap()).map { attachment($0, $1) }
        return .networks(
            attachments.isEmpty ? [NetworkAttachment(network: "default")] : attachments
        )
    }

    private mutating func attachment(_ name: String, _ value: ComposeValue) -> NetworkAttachment {
        if name != "default", resources["networks", name] == nil {
            reportUndefined(name, in: "networks", "networks.\(name)", at: value)
        }
        for alias in value["aliases"]?.list ?? [] {
            checkHostName(alias.string ?? "", "networks.\(name).aliases", at: alias)
        }
        for address in value["link_local_ips"]?.list ?? [] {
            checkLinkLocal(address, "networks.\(name).link_local_ips")
        }
        return NetworkAttachment(
            network: name,
            aliases: value["aliases"]?.strings ?? [],
            ipv4Address: value["ipv4_address"]?.string,
            ipv6Address: value["ipv6_address"]?.string,
            linkLocalAddresses: value["link_local_ips"]?.strings ?? [],
            macAddress: value["mac_address"]?.string,
            driverOptions: value["driver_opts"]?.texts ?? [:],
            priority: Int(value["priority"]?.integer ?? 0),
            gatewayPriority: Int(value["gw_priority"]?.integer ?? 0)
        )
    }

    /// A container may not take the address of a cloud's metadata, nor one that is no machine's.
    private mutating func checkLinkLocal(_ value: ComposeValue, _ key: String) {
        guard let range = value.string.flatMap({ AddressRange($0) }) else { return }
        let isOfLink = [AddressRange("169.254.0.0/16"), AddressRange("fe80::/10")]
            .contains { $0?.contains(range) == true }
        let isMetadata = value.string == "169.254.169.254"
        let isSpecial = AddressRange.special.contains { $0.contains(range) }
        guard isMetadata || isSpecial && !isOfLink else { return }
        let error = TextError("\(value.string ?? "") cannot be a container's address")
            .with(remedy: "write one of 169.254.0.0/16")
        report(error, key, at: value)
    }

    mutating func reportUndefined(
        _ name: String,
        in section: String,
        _ key: String,
        at value: ComposeValue
    ) {
        let known = suggests ? resources.sections[section]?.keys ?? [] : []
        let near = NearestName.of(name, among: known)
        let error = TextError("there is no \(name.quoted) under \(section)")
            .with(remedy: near.map { "did you mean \($0)?" } ?? "define it at the top level")
        report(error, key, at: value)
    }

    mutating func ports(on network: NetworkMode) -> [PublishedPort] {
        let values = service["ports"]?.list ?? []
        if !values.isEmpty, network == .host || network == .none {
            let error = TextError("ports cannot be published with network_mode host or none")
                .with(remedy: "remove ports, or network_mode")
            report(error, "ports")
        }
        if !values.isEmpty, network == .bridge {
            report(
                TextError(
                    "no port is published on Docker's own bridge, to which Berth does not route",
                    remedy: "remove network_mode: the environment has a network of its own"
                ),
                "ports"
            )
        }
        return values.enumerated().compactMap { index, value in
            port(value, "ports[\(index)]")
        }
    }

    private mutating func port(_ value: ComposeValue, _ key: String) -> PublishedPort? {
        guard value.isReadable, let target = value["target"]?.integer,
            let transport = TransportProtocol(rawValue: value["protocol"]?.string ?? "tcp")
        else { return nil }
        let text = value["published"]?.string ?? ""
        if transport == .sctp {
            let error = TextError("SCTP cannot be published", remedy: "write expose: instead")
            report(error, key, at: value)
        }
        guard !text.contains("-") else {
            let error = TextError("a range of host ports for one container port is not available")
                .with(remedy: "give one port, or none to let Docker choose")
            report(error, key, at: value)
            return nil
        }
        let published = Int(text).flatMap { $0 == 0 ? nil : $0 }
        checkHostAddress(value, key)
        if !policy.allows(port: published ?? 0, transport) {
            let subject =
                published.map { "the host's port \($0)/\(transport.rawValue) is" }
                ?? "a \(transport.rawValue) port of Docker's choice is"
            let entry = "\(published ?? 0)/\(transport.rawValue)"
            refuse("\(subject) not granted", key, "ports", value, entry)
        }
        return PublishedPort(
            target: ContainerPort(Int(target), transport),
            published: published,
            hostAddress: value["host_ip"]?.string
        )
    }

    /// Refuses addresses that no interface of any host has.
    private mutating func checkHostAddress(_ value: ComposeValue, _ key: String) {
        guard let text = value["host_ip"]?.string, let address = AddressRange(text) else { return }
        let loopback = AddressRange("127.0.0.0/8")
        guard !address.subnet.first.isAny, loopback?.contains(address) != true,
            address.subnet.first != .six(.loopback),
            AddressRange.special.contains(where: { $0.contains(address) })
        else { return }
        let error = TextError("\(text) cannot be an address of this host")
            .with(remedy: "write one that the host has, or none")
        report(error, key, at: value["host_ip"])
    }

    func exposedPorts() -> [ContainerPort] {
        let exposed = (service["expose"]?.strings ?? []).flatMap {
            (try? ExposeText.parse($0)) ?? []
        }
        return Set(exposed).sorted()
    }
}
