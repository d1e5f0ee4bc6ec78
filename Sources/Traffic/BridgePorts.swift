internal import Foundation

/// The ports of a bridge, over rtnetlink.
enum BridgePorts {
    private static let newLink: UInt16 = 16
    private static let getLink: UInt16 = 18
    private static let setLink: UInt16 = 19

    /// Lets every port of a bridge send a frame back to where it came from; returns how many ports
    /// did not before.
    static func enableHairpin(on bridge: String) throws(SystemCallFailure) -> Int {
        let socket = try NetlinkSocket(.route)
        var ports: [UInt32] = []
        try visit(portsOf: bridge, over: socket) { port, attributes in
            // IFLA_PROTINFO { IFLA_BRPORT_MODE }
            let mode = attributes.first(12).flatMap { NetlinkAttributes(bytes: $0).first(4)?.first }
            if mode == 0 { ports.append(port) }
        }
        return try enableHairpin(of: ports, over: socket)
    }

    /// The names of a bridge's ports.
    static func names(on bridge: String) throws(SystemCallFailure) -> [String] {
        let socket = try NetlinkSocket(.route)
        var names: [String] = []
        try visit(portsOf: bridge, over: socket) { _, attributes in
            // IFLA_IFNAME, which ends with a zero.
            guard let name = attributes.first(3) else { return }
            names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
        }
        return names
    }

    private static func visit(
        portsOf bridge: String,
        over socket: borrowing NetlinkSocket,
        _ body: (_ port: UInt32, _ attributes: NetlinkAttributes) -> Void
    ) throws(SystemCallFailure) {
        let index = if_nametoindex(bridge)
        guard index > 0 else { throw SystemCallFailure(code: errno) }
        try socket.request(
            type: getLink,
            flags: NetlinkMessage.dump,
            body: header(port: 0)
        ) { message in
            guard message.type == newLink, message.body.count >= 16 else { return }
            let attributes = message.attributes(after: 16)
            let master: UInt32? = attributes.number(10)  // IFLA_MASTER
            guard master == index else { return }
            body(message.body.loadUnaligned(fromByteOffset: 4, as: UInt32.self), attributes)
        }
    }

    /// Does so for the ports with these interface numbers; returns how many there still were, as
    /// each goes with its container.
    static func enableHairpin(
        of ports: [UInt32],
        over socket: borrowing NetlinkSocket
    ) throws(SystemCallFailure) -> Int {
        var count = 0
        for port in ports {
            var body = header(port: port)
            var mode = NetlinkBytes()
            mode.append(attribute: 4, [1])
            body.append(attribute: 12 | 0x8000, mode.bytes)
            do throws(SystemCallFailure) {
                try socket.request(type: setLink, flags: NetlinkMessage.acknowledge, body: body)
                count += 1
            } catch {
                guard error.code == ENODEV else { throw error }
            }
        }
        return count
    }

    /// `struct ifinfomsg`: family, padding, type, index, flags, change.
    private static func header(port: UInt32) -> NetlinkBytes {
        var header = NetlinkBytes(bytes: [UInt8(AF_BRIDGE), 0, 0, 0])
        header.append(port)
        header.append(UInt32(0))
        header.append(UInt32(0))
        return header
    }
}
