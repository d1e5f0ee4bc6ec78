internal import Foundation
package import Platform

/// The addresses of a bridge, over rtnetlink (rtnetlink(7)).
enum BridgeAddresses {
    private static let newAddress: UInt16 = 20
    private static let deleteAddress: UInt16 = 21
    private static let getAddress: UInt16 = 22
    private static let create: UInt16 = 0x400 | 0x200  // NLM_F_CREATE | NLM_F_EXCL

    /// Gives a bridge exactly these addresses of `subnet`, each as a /32, besides those that are
    /// the subnet's own, such as its gateway's; returns how many came or went.
    static func set(
        _ wanted: Set<IPv4Address>,
        of subnet: IPv4Subnet,
        on bridge: String
    ) throws(SystemCallFailure) -> Int {
        let index = if_nametoindex(bridge)
        guard index > 0 else { throw SystemCallFailure(code: errno) }
        let socket = try NetlinkSocket(.route)
        var present: Set<IPv4Address> = []
        let all = header(prefixLength: 0, index: 0)
        try socket.request(type: getAddress, flags: NetlinkMessage.dump, body: all) { message in
            guard message.type == newAddress, message.body.count >= 8,
                message.body[0] == UInt8(AF_INET), message.body[1] == 32,
                message.body.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == index,
                let address: UInt32 = message.attributes(after: 8).number(2)  // IFA_LOCAL
            else { return }
            present.insert(IPv4Address(rawValue: UInt32(bigEndian: address)))
        }
        let missing = wanted.subtracting(present)
        let leftover = present.subtracting(wanted).filter(subnet.contains)
        for address in missing {
            try change(newAddress, create, address, index, over: socket, unless: EEXIST)
        }
        for address in leftover {
            try change(deleteAddress, 0, address, index, over: socket, unless: EADDRNOTAVAIL)
        }
        return missing.count + leftover.count
    }

    /// Whether the kernel still asks on the bridge whether another machine has one of its IPv6
    /// addresses (RFC 4862, 5.4); until then it does not answer for that address.
    static func areDetected(on bridge: String) throws(SystemCallFailure) -> Bool {
        let index = if_nametoindex(bridge)
        guard index > 0 else { throw SystemCallFailure(code: errno) }
        let socket = try NetlinkSocket(.route)
        var areDetected = false
        let all = header(prefixLength: 0, index: 0, family: AF_INET6)
        try socket.request(type: getAddress, flags: NetlinkMessage.dump, body: all) { message in
            guard message.type == newAddress, message.body.count >= 8,
                message.body.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == index
            else { return }
            // IFA_F_TENTATIVE without IFA_F_DADFAILED, which lasts.
            if message.body[2] & 0x48 == 0x40 { areDetected = true }
        }
        return areDetected
    }

    private static func change(
        _ type: UInt16,
        _ flags: UInt16,
        _ address: IPv4Address,
        _ index: UInt32,
        over socket: borrowing NetlinkSocket,
        unless done: Int32
    ) throws(SystemCallFailure) {
        var body = header(prefixLength: 32, index: index)
        let bytes = withUnsafeBytes(of: address.rawValue.bigEndian) { Array($0) }
        body.append(attribute: 2, bytes)  // IFA_LOCAL
        body.append(attribute: 1, bytes)  // IFA_ADDRESS
        do throws(SystemCallFailure) {
            try socket.request(type: type, flags: NetlinkMessage.acknowledge | flags, body: body)
        } catch {
            guard error.code == done else { throw error }
        }
    }

    /// `struct ifaddrmsg`: family, prefix length, flags, scope, index.
    private static func header(
        prefixLength: UInt8,
        index: UInt32,
        family: Int32 = AF_INET
    ) -> NetlinkBytes {
        var header = NetlinkBytes(bytes: [UInt8(family), prefixLength, 0, 0])
        header.append(index)
        return header
    }
}

extension TrafficDirector {
    /// Gives a bridge the services' addresses in its network, so that callers there find them;
    /// others of the kind are taken away.
    ///
    /// Returns how many came or went.
    @discardableResult
    package func setServiceAddresses(
        _ addresses: Set<IPv4Address>,
        of subnet: IPv4Subnet,
        on bridge: String
    ) async throws(TrafficError) -> Int {
        let operation = "Setting the services' addresses on \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await netlink(operation) { () throws(SystemCallFailure) in
            try BridgeAddresses.set(addresses, of: subnet, on: bridge)
        }
    }

    /// Whether the bridge's IPv6 addresses are not in use yet, as for one to two seconds after its
    /// first container came: until then containers there find no way back to callers elsewhere.
    package func isDetectingAddresses(on bridge: String) async throws(TrafficError) -> Bool {
        try await netlink("Looking at the addresses of \(bridge)") {
            () throws(SystemCallFailure) in try BridgeAddresses.areDetected(on: bridge)
        }
    }
}
