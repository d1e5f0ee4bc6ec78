internal import Model

/// How a network reaches the host's own links, however it is declared.
///
/// A bridge is the host's to filter. Networks of other drivers stand beside the host on its own
/// links (`macvlan`, `ipvlan`), or where a plugin puts them. Options of the bridge name an
/// interface of the host, or open it to the links.
extension NetworkChecks {
    private static let flags = ["true", "false", "1", "0"]

    /// Harmless options of the bridge driver, and their values (moby, `libnetwork/drivers/bridge`).
    private static let ownOptions: [String: [String]] = [
        "com.docker.network.bridge.enable_icc": flags,
        "com.docker.network.bridge.enable_ip_masquerade": flags,
        "com.docker.network.bridge.gateway_mode_ipv4": ["nat"],
        "com.docker.network.bridge.gateway_mode_ipv6": ["nat"],
    ]

    /// Options that stay within the network whatever they say (moby, `libnetwork/netlabel`).
    private static let freeOptions: Set<String> = [
        "com.docker.network.container_iface_prefix", "com.docker.network.driver.mtu",
    ]

    /// Options of a container's own end of a network, which name nothing of the host's.
    private static let ownEndpointOptions = [
        "com.docker.network.endpoint.sysctls", endpointName,
    ]

    private static let endpointName = "com.docker.network.endpoint.ifname"

    /// Reports drivers, options and networks created elsewhere that the policy does not grant.
    mutating func checkReach(_ key: String, _ value: ComposeValue, of members: [Service]) {
        problems.checkObject(.network, key, value, of: file) { name in
            members.isEmpty || file.policy.externalNetworks.contains(name) || Self.isReserved(name)
        }
        for (name, option) in value["driver_opts"]?.map ?? OrderedMap() {
            guard let error = Self.problem(of: name, option.string ?? "") else { continue }
            let field = "networks.\(key).driver_opts.\(name)"
            problems.report(error, at: option.origin.location, field: field)
        }
        if let driver = value["driver"], let name = driver.string, name != "bridge" {
            let way = "through \(name); use the driver bridge"
            return refuse(way, members, at: driver.origin.location, "networks.\(key).driver")
        }
        for (name, option) in value["driver_opts"]?.map ?? OrderedMap()
        where !Self.freeOptions.contains(name)
            && Self.ownOptions[name]?.contains(option.string ?? "") != true
        {
            let way = "through \(name); remove it"
            let field = "networks.\(key).driver_opts.\(name)"
            refuse(way, members, at: option.origin.location, field)
        }
    }

    /// What Docker refuses when a network is created, or a container starts.
    private static func problem(of option: String, _ text: String) -> TextError? {
        switch option {
        case "com.docker.network.driver.mtu":
            guard let size = Int(text), "\(size)" == text, size == 0 || (68...65_535) ~= size else {
                return TextError("\(text.quoted) is not a packet size")
                    .with(remedy: "write one from 68 to 65535, as 1450")
            }
            return nil
        case "com.docker.network.container_iface_prefix":
            // Docker adds a number.
            return isInterfaceName(text + "00")
                ? nil
                : TextError("\(text.quoted) cannot begin an interface's name")
                    .with(remedy: "write up to 13 letters and digits, as app")
        default: return nil
        }
    }

    /// Whether the kernel takes the name for an interface (Linux, `dev_valid_name`).
    private static func isInterfaceName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count) && ![".", ".."].contains(text)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x3A }
    }

    mutating func checkAttachments(of service: Service) {
        guard case .networks(let attachments) = service.container.network else { return }
        var interfaces: Set<String> = ["lo"]
        for attachment in attachments {
            let key = "networks.\(attachment.network)"
            let place = service.place(of: key)
            let field = "services.\(service.name).\(key).driver_opts"
            if let name = attachment.driverOptions[Self.endpointName],
                !Self.isInterfaceName(name) || !interfaces.insert(name).inserted
            {
                let error = TextError(
                    "\(name.quoted) cannot be the interface's name inside the container",
                    remedy: "write up to 15 letters and digits that no other network has, as back0"
                )
                problems.report(error, at: place, field: "\(field).\(Self.endpointName)")
            }
            for name in attachment.driverOptions.keys.sorted()
            where !Self.ownEndpointOptions.contains(name) {
                refuse("through \(name); remove it", [service], at: place, "\(field).\(name)")
            }
        }
    }

    private mutating func refuse(
        _ way: String,
        _ members: [Service],
        at place: SourceLocation?,
        _ field: String
    ) {
        for service in members where !file.policy.hostNetwork.contains(service.name) {
            problems.noteGrant(service.name, in: "host_network")
            let error = TextError(
                "\(service.name) would join the host's own network \(way), or add \(service.name) "
                    + "to policy.host_network in \(file.path)"
            )
            problems.report(error, at: place, field: field)
        }
    }
}
