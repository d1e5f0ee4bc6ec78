internal import Addresses
internal import Foundation
internal import Platform

/// Addresses that the host reaches by one of its own links: a route, or an address of its own with
/// its prefix.
struct HostWay: Hashable, CustomStringConvertible {
    /// In CIDR notation.
    let subnet: IPSubnet
    let device: String

    var description: String { "\(subnet) on \(device)" }

    /// The IPv4 subnets that new networks keep clear of.
    static var subnets: [IPv4Subnet] {
        current().compactMap { way in
            if case .four(let subnet) = way.subnet { subnet } else { nil }
        }
    }

    /// Whether the host has a network interface of that name.
    static func hasLink(_ name: String) -> Bool { if_nametoindex(name) > 0 }

    /// All ways of the host as they are now; blocks.
    static func current() -> [HostWay] {
        func text(_ name: String) -> String { KernelFile.text(of: "/proc/net/\(name)") ?? "" }
        return routes(in: text("route")) + routes6(in: text("ipv6_route")) + addresses()
    }

    /// Reads /proc/net/route: destination and mask are hexadecimal in the host's byte order.
    static func routes(in text: String) -> [HostWay] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
                let mask = UInt32(fields[7], radix: 16)
            else { return nil }
            return IPv4Subnet(
                IPv4Address(rawValue: destination.byteSwapped),
                prefixLength: mask.nonzeroBitCount
            )
            .flatMap { HostWay(.four($0), String(fields[0])) }
        }
    }

    /// Reads /proc/net/ipv6_route: destination, prefix, and the device as the last field.
    static func routes6(in text: String) -> [HostWay] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 10, fields[0].utf8.count == 32,
                let high = UInt64(fields[0].prefix(16), radix: 16),
                let low = UInt64(fields[0].suffix(16), radix: 16),
                let length = Int(fields[1], radix: 16)
            else { return nil }
            return IPv6Subnet(IPv6Address(high: high, low: low), prefixLength: length)
                .flatMap { HostWay(.six($0), String(fields[9])) }
        }
    }

    /// The addresses of the host's links, getifaddrs(3); those of tunnels have no route of their
    /// own.
    private static func addresses() -> [HostWay] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        return sequence(first: first) { $0?.pointee.ifa_next }.prefix { $0 != nil }
            .compactMap { entry in
                guard let entry = entry?.pointee, let name = entry.ifa_addr,
                    case .four(let address)? = RawSocketAddress.ipAddress(at: name),
                    let mask = entry.ifa_netmask.flatMap({ RawSocketAddress.ipAddress(at: $0) })
                else { return nil }
                let length = mask.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
                return IPv4Subnet(address, prefixLength: length)
                    .flatMap { HostWay(.four($0), String(cString: entry.ifa_name)) }
            }
    }

    /// Nil for a way to everywhere, which every subnet is a part of, and for link-local and
    /// multicast addresses of IPv6, which every link has.
    private init?(_ subnet: IPSubnet, _ device: String) {
        guard subnet.prefixLength > (subnet.isIPv6 ? 3 : 1) else { return nil }
        if case .six(let six) = subnet, six.address.high >> 54 >= 0x3FA { return nil }
        self.subnet = subnet
        self.device = device
    }
}

/// A subnet of a manifest covers addresses that the host reaches by a link of its own.
struct SubnetTaken: Error, Equatable, CustomStringConvertible {
    let network: String
    let subnet: String
    let way: HostWay

    var description: String {
        "the subnet \(subnet) of the network \(network) overlaps \(way), which this host reaches "
            + "by itself; choose another, or leave it out and Berth finds one"
    }
}

/// A network leads onto the host's own links, which the services that join it are not granted.
struct HostLinkNotGranted: Error, Equatable, CustomStringConvertible {
    let network: String
    /// How, as in `by the driver macvlan`.
    let means: String
    let services: [String]

    var description: String {
        "the network \(network) joins the host's own links \(means); add "
            + "\(services.joined(separator: ", ")) to policy.host_network, or use another network"
    }
}
