internal import Foundation
internal import Platform

/// Whether an address is the host's own: what the table's `fib daddr type local` asks, too.
enum LocalRoute {
    /// Asks the kernel (RTM_GETROUTE, rtnetlink(7)); an address without any route is not local.
    static func exists(to address: IPAddress) -> Bool {
        guard let socket = try? NetlinkSocket(.route) else { return false }
        let (family, bytes) = wire(address)
        // struct rtmsg: family, length of the destination's prefix, and what the kernel fills in.
        var body = NetlinkBytes(bytes: [UInt8(family), UInt8(bytes.count * 8)])
        body.bytes += repeatElement(0, count: 10)
        body.append(attribute: destination, bytes)
        var isLocal = false
        try? socket.request(type: getRoute, flags: NetlinkMessage.acknowledge, body: body) {
            guard $0.type == newRoute, $0.body.count >= 12 else { return }
            isLocal = $0.body[7] == local
        }
        return isLocal
    }

    private static func wire(_ address: IPAddress) -> (family: Int32, bytes: [UInt8]) {
        switch address {
        case .four(let address):
            (AF_INET, withUnsafeBytes(of: address.rawValue.bigEndian) { Array($0) })
        case .six(let address):
            (
                AF_INET6,
                [address.high, address.low].flatMap { half in
                    withUnsafeBytes(of: half.bigEndian) { Array($0) }
                }
            )
        }
    }

    // Numbers of <linux/rtnetlink.h>.
    private static let newRoute: UInt16 = 24
    private static let getRoute: UInt16 = 26
    private static let destination: UInt16 = 1
    private static let local: UInt8 = 2
}
