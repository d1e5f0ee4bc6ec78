internal import Model

/// How a network comes to the host's own links, however it is declared.
///
/// A bridge is the host's to filter; what other drivers make stands beside the host on its own
/// links (`macvlan`, `ipvlan`), or is whatever a plugin makes of it; and options of the bridge name
/// an interface of the host, or open it to the links.
extension NetworkChecks {
    private static let flags = ["true", "false", "1", "0"]

    /// Options of the bridge driver that stay within the network, with the values that do (moby,
    /// `libnetwork/drivers/bridge`).
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

    /// The interface's name inside the container.
    private static let endpointName = "com.docker.network.endpoint.ifname"

    /// Reports drivers, options and networks created elsewhere that the policy does not grant.
    func checkReach(
        _ key: String,
        _ value: ComposeValue,
        of members: [Service],
        into problems: inout Problems
    ) {
        for (name, label) in value["labels"]?.map ?? OrderedMap() {
            guard let error = ReservedLabels.problem(of: name) else { continue }
            let field = "networks.\(key).labels.\(name)"
            problems.report(error, at: label.origin.location, field: field)
        }
        checkExternal(key, value, of: members, into: &problems)
        for (name, option) in value["driver_opts"]?.map ?? OrderedMap() {
            guard let error = Self.problem(of: name, option.string ?? "") else { continue }
            let field = "networks.\(key).driver_opts.\(name)"
            problems.report(error, at: option.origin.location, field: field)
        }
        if let driver = value["driver"], let name = driver.string, name != "bridge" {
            let way = "through \(name); use the driver bridge"
            return refuse(way, members, at: driver, "networks.\(key).driver", into: &problems)
        }
        for (name, option) in value["driver_opts"]?.map ?? OrderedMap()
        where !Self.freeOptions.contains(name)
            && Self.ownOptions[name]?.contains(option.string ?? "") != true
        {
            let way = "through \(name); remove it"
            let field = "networks.\(key).driver_opts.\(name)"
            refuse(way, members, at: option, field, into: &problems)
        }
    }

    /// What Docker refuses when a network is created, or a container starts.
    private static func problem(of option: String, _ text: String) -> TextError? {
        switch option {
        case "com.docker.network.driver.mtu":
            guard let size = Int(text), "\(size)" == text, size == 0 || (68...65_535) ~= size else {
                return TextError(
                    "\(text.quoted) is not a packet size",
                    remedy: "write one from 68 to 65535, as 1450"
                )
            }
            return nil
        case "com.docker.network.container_iface_prefix":
            // Docker adds a number.
            return isInterfaceName(text + "00")
                ? nil
                : TextError(
                    "\(text.quoted) cannot begin an interface's name",
                    remedy: "write up to 13 letters and digits, as app"
                )
        default: return nil
        }
    }

    /// Whether the kernel takes the name for an interface (Linux, `dev_valid_name`).
    private static func isInterfaceName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count) && ![".", ".."].contains(text)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x3A }
    }

    private func checkExternal(
        _ key: String,
        _ value: ComposeValue,
        of members: [Service],
        into problems: inout Problems
    ) {
        guard let external = value["external"] else {
            guard let name = value["name"], let error = DockerNameText.problem(of: name.string)
            else { return }
            return problems.report(error, at: name.origin.location, field: "networks.\(key).name")
        }
        let name = value["name"] ?? external["name"]
        let written = name?.string ?? key
        guard !members.isEmpty, !file.policy.externalNetworks.contains(written),
            !Self.isReserved(written)
        else { return }
        problems.refuse(
            "the external network \(written) is not granted",
            entry: written,
            in: "external_networks",
            of: file,
            at: (name ?? external).origin.location,
            field: "networks.\(key).external"
        )
    }

    /// Options with which a service itself joins a network.
    func checkAttachments(of service: Service, into problems: inout Problems) {
        guard case .networks(let attachments) = service.container.network else { return }
        var interfaces: Set<String> = ["lo"]
        for attachment in attachments {
            if let name = attachment.driverOptions[Self.endpointName],
                !Self.isInterfaceName(name) || !interfaces.insert(name).inserted
            {
                let error = TextError(
                    "\(name.quoted) cannot be the interface's name inside the container",
                    remedy: "write up to 15 letters and digits that no other network has, as back0"
                )
                let place = service.origins["networks.\(attachment.network)"]
                let key = "networks.\(attachment.network).driver_opts.\(Self.endpointName)"
                let field = "services.\(service.name).\(key)"
                problems.report(error, at: place ?? service.location, field: field)
            }
            for name in attachment.driverOptions.keys.sorted()
            where !Self.ownEndpointOptions.contains(name) {
                let place = service.origins["networks.\(attachment.network)"]
                let field =
                    "services.\(service.name).networks.\(attachment.network).driver_opts.\(name)"
                refuse(
                    "through \(name); remove it",
                    [service],
                    at: place ?? service.location,
                    field,
                    into: &problems
                )
            }
        }
    }

    private func refuse(
        _ way: String,
        _ members: [Service],
        at value: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) {
        guard let place = value.origin.location else { return }
        refuse(way, members, at: place, field, into: &problems)
    }

    private func refuse(
        _ way: String,
        _ members: [Service],
        at place: SourceLocation,
        _ field: String,
        into problems: inout Problems
    ) {
        for service in members where !file.policy.hostNetwork.contains(service.name) {
            problems.wants(service.name, in: "host_network")
            let error = TextError(
                "\(service.name) would join the host's own network \(way), or add \(service.name) "
                    + "to policy.host_network in \(file.path)"
            )
            problems.report(error, at: place, field: field)
        }
    }
}
