internal import Foundation

extension TrafficDirector {
    /// Lets the host's own 127.0.0.1 reach containers behind a bridge of ours.
    ///
    /// Sets `net.ipv4.conf.<bridge>.route_localnet`, on this bridge only, and reads it back.
    /// The table's `guard` chain restates what it relaxes, so apply a ruleset first.
    /// Returns false where it was set already.
    @discardableResult
    package func enableLocalRouting(on bridge: String) async throws(TrafficError) -> Bool {
        let operation = "Enabling local routing on \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await onHost(operation) { () throws(TrafficError) in
            try Sysctl("net/ipv4/conf/\(bridge)/route_localnet").turnOn(operation)
        }
    }

    /// Lets containers behind a bridge of ours reach themselves through their own service.
    ///
    /// Where br_netfilter is loaded, as Docker does, a packet that is translated to an address of
    /// the bridge it came from is bridged there, and a bridge drops what would leave by the port it
    /// came in by, unless that port is in hairpin mode.
    /// Ports come with containers, so call this again after containers start.
    /// Returns how many ports were changed.
    @discardableResult
    package func enableHairpin(on bridge: String) async throws(TrafficError) -> Int {
        let operation = "Enabling hairpin mode on \(bridge)"
        return try await netlink(operation) { () throws(SystemCallFailure) in
            try BridgePorts.enableHairpin(on: bridge)
        }
    }

    /// The names of a bridge's ports; none where there is no such bridge.
    package func ports(of bridge: String) async throws(TrafficError) -> [String] {
        try await netlink("Listing the ports of \(bridge)") { () throws(SystemCallFailure) in
            do throws(SystemCallFailure) {
                return try BridgePorts.names(on: bridge)
            } catch {
                guard error.code == ENODEV || error.code == ENXIO else { throw error }
                return []
            }
        }
    }
}
