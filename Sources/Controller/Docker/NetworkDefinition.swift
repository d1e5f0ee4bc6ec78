internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning

extension ObjectDefinition {
    /// What of a network is not as the manifest says; `bridge` is the name that Berth gives its
    /// interface.
    ///
    /// What the manifest leaves open may be anything, as long as no earlier manifest gave it:
    /// Docker adds options of its own, and addresses come from Berth's pool.
    static func differences(
        _ network: Model.Network,
        _ found: DockerEngine.Network,
        bridge: String
    ) -> [FieldDifference] {
        let field = "networks.\(network.key)"
        let earlier = Set((found.labels?[Label.given] ?? "").split(separator: " ").map(String.init))
        let drivers = (network.driver ?? "bridge", found.driver ?? "bridge")
        var rows: [FieldDifference] = []
        func compare(_ name: String, _ desired: String, _ actual: String) {
            guard desired != actual else { return }
            rows.append(.init(field: "\(field).\(name)", desired: desired, actual: actual))
        }
        compare("driver", drivers.0, drivers.1)
        compare("internal", "\(network.isInternal)", "\(found.isInternal ?? false)")
        compare("attachable", "\(network.isAttachable)", "\(found.attachable ?? false)")
        compare("enable_ipv6", "\(network.enablesIPv6)", "\(found.enableIPv6 ?? false)")
        var options = network.driverOptions
        if drivers.0 == "bridge", options[Label.bridgeName] == nil {
            options[Label.bridgeName] = bridge
        }
        let have = found.options ?? [:]
        let reaching = [Label.bridgeName, "parent"]
        for name in Set(options.keys).union(have.keys).sorted() where options[name] != have[name] {
            guard
                options[name] != nil || reaching.contains(name)
                    || earlier.contains("driver_opts.\(name)")
            else { continue }
            compare(
                "driver_opts.\(name)",
                shown(options[name], name),
                shown(have[name], name, true)
            )
        }
        let labels = (network.labels, found.labels ?? [:])
        for name in Set(labels.0.keys).union(labels.1.keys).sorted()
        where !Label.isReserved(name) {
            compare("labels.\(name)", labels.0[name] ?? "not set", labels.1[name] ?? "not set")
        }
        let pools = PoolComparison(network.subnets, found.ipam?.config ?? [], earlier)
        if pools.areDifferent { compare("ipam.config", pools.desired, pools.actual) }
        return rows
    }

    /// Options of plugins may be passwords.
    private static func shown(_ value: String?, _ name: String, _ isActual: Bool = false) -> String
    {
        guard let value else { return "not set" }
        let isPlain = name == "parent" || name.hasPrefix("com.docker.network.")
        return isPlain ? value : isActual ? "set to another value" : "set"
    }

    /// What a manifest gives where it could leave it open, for the label of the network.
    static func given(by network: Model.Network) -> String {
        let options = network.driverOptions.keys.map { "driver_opts.\($0)" }
        return (options + network.subnets.flatMap { Pool($0).given }).sorted()
            .joined(separator: " ")
    }
}

/// The subnets of a manifest and those of a network.
private struct PoolComparison {
    private let wanted: [Pool]
    private let found: [Pool]
    private let earlier: Set<String>

    init(
        _ wanted: [Model.Network.Subnet],
        _ found: [DockerEngine.AddressPool],
        _ earlier: Set<String>
    ) {
        self.wanted = wanted.map(Pool.init).sorted { $0.subnet < $1.subnet }
        self.found = found.compactMap(Pool.init).sorted { $0.subnet < $1.subnet }
        self.earlier = earlier
    }

    /// Each family for itself: where the manifest has no subnet of one, Berth chooses.
    var areDifferent: Bool {
        [false, true].contains { isIPv6 in
            let (want, have) = (
                wanted.filter { $0.isIPv6 == isIPv6 }, found.filter { $0.isIPv6 == isIPv6 }
            )
            guard !want.isEmpty else {
                return have.count > 1 || have.contains { !earlier.isDisjoint(with: $0.given) }
            }
            guard want.map(\.subnet) == have.map(\.subnet) else { return true }
            return zip(want, have).contains { want, have in
                isDifferent(want.gateway, have.gateway, have)
                    || isDifferent(want.range, have.range, have)
            }
        }
    }

    /// A gateway or range counts where the manifest gives it, or an earlier one did.
    private func isDifferent(_ want: String?, _ have: String?, _ pool: Pool) -> Bool {
        if let want { return want != have }
        return have.map { earlier.contains("\(pool.subnet)=\($0)") } ?? false
    }

    var desired: String {
        wanted.isEmpty ? "chosen by Berth" : wanted.map(\.description).joined(separator: ", ")
    }

    var actual: String { found.map(\.description).joined(separator: ", ") }
}

/// A range of addresses in the spelling that all its spellings have in common.
private struct Pool: CustomStringConvertible {
    let subnet: String
    let gateway: String?
    let range: String?

    init(_ pool: Model.Network.Subnet) {
        subnet = Self.spelled(pool.subnet)
        gateway = pool.gateway.map(Self.spelled)
        range = pool.range.map(Self.spelled)
    }

    init?(_ pool: DockerEngine.AddressPool) {
        guard let text = pool.subnet, !text.isEmpty else { return nil }
        subnet = Self.spelled(text)
        // Docker lists some with the subnet's prefix.
        gateway = pool.gateway.flatMap { text in
            text.isEmpty ? nil : Self.spelled(String(text.prefix { $0 != "/" }))
        }
        range = pool.ipRange.flatMap { $0.isEmpty ? nil : Self.spelled($0) }
    }

    var isIPv6: Bool { subnet.contains(":") }

    /// The words of the label that say what a manifest gave.
    var given: [String] { [subnet] + [gateway, range].compactMap { $0.map { "\(subnet)=\($0)" } } }

    var description: String {
        [subnet, gateway.map { "gateway \($0)" }, range.map { "ip_range \($0)" }]
            .compactMap(\.self).joined(separator: " ")
    }

    private static func spelled(_ text: String) -> String {
        IPSubnet(text)?.description ?? IPAddress(text)?.description ?? text
    }
}
