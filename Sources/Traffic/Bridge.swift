package import Addresses
internal import Foundation

/// A bridge of the calling thread's network namespace, over rtnetlink(7).
struct Bridge: ~Copyable {
    private let index: UInt32
    private let socket: NetlinkSocket

    /// Throws `ENODEV` where there is no such interface.
    init(_ name: String) throws(SystemCallFailure) {
        index = if_nametoindex(name)
        guard index > 0 else { throw .last }
        socket = try NetlinkSocket(.route)
    }

    // MARK: Addresses

    /// Gives the bridge exactly these addresses of `subnet`, each as a /32, besides those that are
    /// the subnet's own, such as its gateway's; returns how many were added or removed.
    func setAddresses(
        _ wanted: Set<IPv4Address>,
        of subnet: IPv4Subnet
    ) throws(SystemCallFailure) -> Int {
        var present: Set<IPv4Address> = []
        try visitAddresses(AF_INET) { message in
            guard message.body[1] == 32,
                let address: UInt32 = message.attributes(after: 8).number(2)  // IFA_LOCAL
            else { return }
            present.insert(IPv4Address(rawValue: UInt32(bigEndian: address)))
        }
        let missing = wanted.subtracting(present)
        let leftover = present.subtracting(wanted).filter(subnet.contains)
        let createOnce: UInt16 = 0x400 | 0x200  // NLM_F_CREATE | NLM_F_EXCL
        for address in missing {
            try change(Self.newAddress, createOnce, address, unless: EEXIST)
        }
        for address in leftover {
            try change(Self.deleteAddress, 0, address, unless: EADDRNOTAVAIL)
        }
        return missing.count + leftover.count
    }

    /// Whether the kernel still asks whether another machine has one of the bridge's IPv6 addresses
    /// (RFC 4862, 5.4); until then it does not answer for that address.
    func isDetectingDuplicates() throws(SystemCallFailure) -> Bool {
        var isDetecting = false
        try visitAddresses(AF_INET6) { message in
            // IFA_F_TENTATIVE without IFA_F_DADFAILED, which lasts.
            if message.body[2] & 0x48 == 0x40 { isDetecting = true }
        }
        return isDetecting
    }

    private static let newAddress: UInt16 = 20
    private static let deleteAddress: UInt16 = 21
    private static let getAddress: UInt16 = 22

    private func visitAddresses(
        _ family: Int32,
        _ visit: (NetlinkMessage) -> Void
    ) throws(SystemCallFailure) {
        let all = Self.addressHeader(prefixLength: 0, index: 0, family)
        try socket.request(
            type: Self.getAddress,
            flags: NetlinkMessage.dump,
            body: all
        ) { message in
            guard message.type == Self.newAddress, message.body.count >= 8,
                message.body[0] == UInt8(family),
                message.body.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == index
            else { return }
            visit(message)
        }
    }

    private func change(
        _ type: UInt16,
        _ flags: UInt16,
        _ address: IPv4Address,
        unless done: Int32
    ) throws(SystemCallFailure) {
        var body = Self.addressHeader(prefixLength: 32, index: index, AF_INET)
        body.append(attribute: 2, address.bytes)  // IFA_LOCAL
        body.append(attribute: 1, address.bytes)  // IFA_ADDRESS
        try socket.command(type: type, flags: flags, body: body, unless: [done])
    }

    /// `struct ifaddrmsg`: family, prefix length, flags, scope, index.
    private static func addressHeader(
        prefixLength: UInt8,
        index: UInt32,
        _ family: Int32
    ) -> NetlinkBytes {
        var header = NetlinkBytes(bytes: [UInt8(family), prefixLength, 0, 0])
        header.append(index)
        return header
    }

    // MARK: Ports

    /// Lets every port send a frame back to where it came from; returns how many ports did not
    /// before.
    func enableHairpin() throws(SystemCallFailure) -> Int {
        var ports: [UInt32] = []
        try visitPorts { port, attributes in
            // IFLA_PROTINFO { IFLA_BRPORT_MODE }
            let mode = attributes.first(12).flatMap { NetlinkAttributes(bytes: $0).first(4)?.first }
            if mode == 0 { ports.append(port) }
        }
        return try enableHairpin(of: ports)
    }

    /// Does so for the ports with these interface numbers; returns how many still existed, as each
    /// goes with its container.
    func enableHairpin(of ports: [UInt32]) throws(SystemCallFailure) -> Int {
        var count = 0
        for port in ports {
            var body = Self.linkHeader(port: port)
            var mode = NetlinkBytes()
            mode.append(attribute: 4, [1])
            body.append(attribute: 12 | 0x8000, mode.bytes)
            let isDone = try socket.command(type: Self.setLink, body: body, unless: [ENODEV])
            if isDone { count += 1 }
        }
        return count
    }

    func portNames() throws(SystemCallFailure) -> [String] {
        var names: [String] = []
        try visitPorts { _, attributes in
            // IFLA_IFNAME, which ends with a zero.
            guard let name = attributes.first(3) else { return }
            names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
        }
        return names
    }

    private static let newLink: UInt16 = 16
    private static let getLink: UInt16 = 18
    private static let setLink: UInt16 = 19

    private func visitPorts(
        _ visit: (_ port: UInt32, _ attributes: NetlinkAttributes) -> Void
    ) throws(SystemCallFailure) {
        let all = Self.linkHeader(port: 0)
        try socket.request(type: Self.getLink, flags: NetlinkMessage.dump, body: all) { message in
            guard message.type == Self.newLink, message.body.count >= 16 else { return }
            let attributes = message.attributes(after: 16)
            let master: UInt32? = attributes.number(10)  // IFLA_MASTER
            guard master == index else { return }
            visit(message.body.loadUnaligned(fromByteOffset: 4, as: UInt32.self), attributes)
        }
    }

    /// `struct ifinfomsg`: family, padding, type, index, flags, change.
    private static func linkHeader(port: UInt32) -> NetlinkBytes {
        var header = NetlinkBytes(bytes: [UInt8(AF_BRIDGE), 0, 0, 0])
        header.append(port)
        header.append(UInt64(0))
        return header
    }
}

extension TrafficDirector {
    /// Gives a bridge the services' addresses in its network, so that callers there find them, and
    /// takes others of the kind away; returns how many were added or removed.
    @discardableResult
    package func setServiceAddresses(
        _ addresses: Set<IPv4Address>,
        of subnet: IPv4Subnet,
        on bridge: String
    ) async throws(TrafficError) -> Int {
        try await onHost("Setting the services' addresses on \(bridge)") {
            () throws(SystemCallFailure) in
            try Bridge(bridge).setAddresses(addresses, of: subnet)
        }
    }

    /// Whether the bridge's IPv6 addresses are not in use yet, as for one to two seconds after its
    /// first container came: until then containers there find no way back to callers elsewhere.
    package func isDetectingAddresses(on bridge: String) async throws(TrafficError) -> Bool {
        try await onHost("Looking at the addresses of \(bridge)") {
            () throws(SystemCallFailure) in try Bridge(bridge).isDetectingDuplicates()
        }
    }

    /// Lets the host's own 127.0.0.1 reach containers behind a bridge of ours; false where it could
    /// already.
    ///
    /// Sets `net.ipv4.conf.<bridge>.route_localnet`, on this bridge only, and reads it back.
    /// The table's `guard` chain restates what it relaxes, so apply a ruleset first.
    @discardableResult
    package func enableLocalRouting(on bridge: String) async throws(TrafficError) -> Bool {
        let operation = "Enabling local routing on \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await onHost(operation) { () throws(SystemCallFailure) in
            try Sysctl("net/ipv4/conf/\(bridge)/route_localnet").turnOn()
        }
    }

    /// Lets containers behind a bridge of ours reach themselves through their own service; returns
    /// how many ports were changed.
    ///
    /// Where br_netfilter is loaded, as Docker does, a packet that is translated to an address of
    /// the bridge it came from is bridged there, and a bridge drops what would leave by the port it
    /// came in by, unless that port is in hairpin mode.
    /// Ports come with containers, so call this again after containers start.
    @discardableResult
    package func enableHairpin(on bridge: String) async throws(TrafficError) -> Int {
        try await onHost("Enabling hairpin mode on \(bridge)") { () throws(SystemCallFailure) in
            try Bridge(bridge).enableHairpin()
        }
    }

    /// The names of a bridge's ports; none where there is no such bridge.
    package func ports(of bridge: String) async throws(TrafficError) -> [String] {
        try await onHost("Listing the ports of \(bridge)") { () throws(SystemCallFailure) in
            do throws(SystemCallFailure) {
                return try Bridge(bridge).portNames()
            } catch {
                guard error.code == ENODEV || error.code == ENXIO else { throw error }
                return []
            }
        }
    }
}
