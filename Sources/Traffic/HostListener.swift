package import Addresses
internal import Foundation
internal import Platform

/// A socket of the host that waits for connections or datagrams.
///
/// Translation comes before delivery, so rules for its port would take its traffic away without a
/// word: such a port is not free.
package struct HostListener: Hashable, Sendable {
    package let port: UInt16
    package let transport: TransportProtocol
    /// 0.0.0.0 and :: for all of them.
    package let address: IPAddress
    /// Whether one that waits at :: waits at all addresses of IPv4, too.
    package let isDualStack: Bool
    /// The kernel's number of the socket.
    package let inode: UInt64

    /// What rules would take away from it.
    package var claim: PortClaim {
        PortClaim(
            addresses: PortClaim.addresses(boundTo: address, isDualStack: isDualStack),
            ports: NumberRanges(port),
            transports: [transport]
        )
    }

    /// Reads /proc/net/tcp or its kin (proc(5)).
    ///
    /// Of TCP the listening ones, of UDP those that are not connected to one peer.
    /// The file does not say which sockets of IPv6 are limited to it; `limited` are their inodes.
    /// Lines that cannot be read are skipped.
    static func parse(
        _ table: String,
        _ transport: TransportProtocol,
        limited: Set<UInt64> = []
    ) -> [Self] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 10)
            let waiting = transport == .tcp ? "0A" : "07"  // TCP_LISTEN, TCP_CLOSE
            guard fields.count > 9, fields[3] == waiting, let inode = UInt64(fields[9]) else {
                return nil
            }
            let parts = fields[1].split(separator: ":")
            guard parts.count == 2, let port = UInt16(parts[1], radix: 16), port > 0,
                let address = address(parts[0])
            else { return nil }
            return Self(
                port: port,
                transport: transport,
                address: address,
                isDualStack: address == .six(.any) && !limited.contains(inode),
                inode: inode
            )
        }
    }

    /// Reads an address, which is printed as numbers of 32 bits in the host's byte order.
    private static func address(_ text: Substring) -> IPAddress? {
        guard [8, 32].contains(text.utf8.count) else { return nil }
        let words = stride(from: 0, to: text.utf8.count, by: 8)
            .compactMap { UInt32(text.dropFirst($0).prefix(8), radix: 16) }
        guard words.count * 8 == text.utf8.count else { return nil }
        let bytes = words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }
        return bytes.count == 4 ? .four(IPv4Address(bytes: bytes)) : .six(IPv6Address(bytes: bytes))
    }
}

/// The waiting sockets of IPv6 that take nothing of IPv4 (IPV6_V6ONLY), as sock_diag(7) knows.
enum IPv6OnlySockets {
    /// The inodes; none where the kernel does not tell, so that each counts as one that takes both.
    static func inodes(_ transport: TransportProtocol) -> Set<UInt64> {
        var found: Set<UInt64> = []
        guard let socket = try? NetlinkSocket(.socketDiagnosis) else { return found }
        // struct inet_diag_req_v2: family, protocol, extensions, padding, states, and a socket's
        // identity of 48 bytes, which a dump does not look at.
        var body = NetlinkBytes(bytes: [UInt8(AF_INET6), transport.number, 0, 0])
        body.append(UInt32(1) << (transport == .tcp ? 10 : 7))  // TCP_LISTEN, TCP_CLOSE
        body.bytes += repeatElement(0, count: 48)
        try? socket.request(type: byFamily, flags: NetlinkMessage.dump, body: body) { message in
            let isLimited: UInt8? = message.attributes(after: messageSize).number(limitedToSix)
            guard isLimited == 1 else { return }
            let inode = message.body.loadUnaligned(fromByteOffset: messageSize - 4, as: UInt32.self)
            found.insert(UInt64(inode))
        }
        return found
    }

    /// SOCK_DIAG_BY_FAMILY of <linux/sock_diag.h>.
    private static let byFamily: UInt16 = 20
    /// The size of `struct inet_diag_msg`, which ends with the inode.
    private static let messageSize = 72
    /// INET_DIAG_SKV6ONLY of <linux/inet_diag.h>.
    private static let limitedToSix: UInt16 = 11
}

extension TrafficDirector {
    /// Lists the sockets that wait for traffic on the host.
    ///
    /// A failure to read one of the kernel's four lists reads as an empty list, as a kernel without
    /// IPv6 has only two.
    package func listeners() async throws(TrafficError) -> [HostListener] {
        try await onHost("Listing the host's listeners") { () throws(SystemCallFailure) in
            [TransportProtocol.tcp, .udp].flatMap { transport in
                let limited = IPv6OnlySockets.inodes(transport)
                return [transport.rawValue, "\(transport.rawValue)6"].flatMap { file in
                    // Not /proc/net, which shows the main thread's namespace.
                    let path = "/proc/thread-self/net/\(file)"
                    let table = KernelFile.text(of: path) ?? ""
                    return HostListener.parse(table, transport, limited: limited)
                }
            }
        }
    }

    /// Finds the process that a listener belongs to.
    ///
    /// Nil where it ended meanwhile, or where this process may not look (it needs CAP_SYS_PTRACE).
    package func owner(of listener: HostListener) async -> SocketOwner? {
        try? await onHost("Looking for a listener's process") { () throws(SystemCallFailure) in
            SocketOwner.find(listener.inode)
        }
    }
}

package struct SocketOwner: Hashable, Sendable {
    package let process: Int32

    /// As `ps -C` knows it.
    package let name: String

    /// Looks through the descriptors of all processes (proc(5), /proc/pid/fd).
    static func find(_ inode: UInt64) -> Self? {
        let files = FileManager.default
        let target = "socket:[\(inode)]"
        for entry in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = Int32(entry) else { continue }
            let folder = "/proc/\(process)/fd"
            let descriptors = (try? files.contentsOfDirectory(atPath: folder)) ?? []
            let isOwner = descriptors.contains {
                (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == target
            }
            guard isOwner else { continue }
            let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
            let line = name?.split(separator: "\n").first.map(String.init)
            return Self(process: process, name: line ?? "?")
        }
        return nil
    }
}
