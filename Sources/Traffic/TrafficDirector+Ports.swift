internal import Foundation
package import Platform

extension TrafficDirector {
    /// Lists who waits for traffic on the host.
    ///
    /// A failure to read one of the kernel's four lists reads as an empty list, as a kernel without
    /// IPv6 has only two.
    package func listeners() async throws(TrafficError) -> [HostListener] {
        try await onHost("Listing the host's listeners") { () throws(TrafficError) in
            [TransportProtocol.tcp, .udp].flatMap { transport in
                let limited = IPv6OnlySockets.inodes(transport)
                return [transport.rawValue, "\(transport.rawValue)6"].flatMap { file in
                    // Not /proc/net, which shows the main thread's namespace.
                    let path = "/proc/thread-self/net/\(file)"
                    return HostListener.parse(
                        Self.contents(of: path),
                        transport,
                        limited: limited
                    )
                }
            }
        }
    }

    /// Finds the process that a listener belongs to.
    ///
    /// Nil where it ended meanwhile, or where this process may not look (it needs CAP_SYS_PTRACE).
    package func owner(of listener: HostListener) async -> SocketOwner? {
        try? await onHost("Looking for a listener's process") { () throws(TrafficError) in
            SocketOwner.find(listener.inode)
        }
    }

    /// Holds a host port for as long as the result lives.
    ///
    /// Throws `.exists` where another process listens there.
    package func reserve(
        _ entryPoint: EntryPoint,
        _ transport: TransportProtocol
    ) async throws(TrafficError) -> PortReservation {
        let operation = "Reserving \(entryPoint) of \(transport.rawValue)"
        return try await onHost(operation) { () throws(TrafficError) in
            do throws(SystemCallFailure) {
                return try PortReservation(entryPoint, transport)
            } catch {
                throw TrafficError(operation, error.code)
            }
        }
    }

    /// Those of the addresses that are not this host's own, as the kernel's routes say.
    package func foreignAddresses(
        among addresses: Set<IPAddress>
    ) async throws(TrafficError) -> Set<IPAddress> {
        guard !addresses.isEmpty else { return [] }
        return try await onHost("Looking for the host's addresses") { () throws(TrafficError) in
            addresses.filter { !LocalRoute.exists(to: $0) }
        }
    }

    /// The first 16 MiB of a file, about 100,000 sockets; empty where it cannot be read.
    static func contents(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let bytes = try? file.read(upToCount: 16 << 20)
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }
}

/// A process that has a socket.
package struct SocketOwner: Hashable, Sendable {
    /// The process's number.
    package let process: Int32

    /// Its name, as `ps -C` knows it.
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
