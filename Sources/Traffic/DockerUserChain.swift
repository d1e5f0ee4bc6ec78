internal import Platform

/// The exceptions in Docker's own filter that let its other networks reach us.
///
/// Docker keeps its bridges apart: what comes from one and leaves by another is dropped, also when
/// the caller asked for a port of the host.
/// For its own published ports it goes around that with a process between (docker-proxy); what our
/// table translates would be lost.
/// `DOCKER-USER` is the chain that Docker leaves to the administrator and looks at first
/// (docs.docker.com, "Packet filtering and firewalls"); it speaks iptables, so we do here as well.
enum DockerUserChain {
    static let name = "DOCKER-USER"

    /// The rules for a bridge: the way in for what was translated, and the way back.
    static func rules(for bridge: String) -> [[String]] {
        [("-o", "ORIGINAL"), ("-i", "REPLY")].map { interface, direction in
            [
                interface, bridge, "-m", "conntrack", "--ctstate", "DNAT", "--ctdir", direction,
                "-m", "comment", "--comment", "berth", "-j", "ACCEPT",
            ]
        }
    }

    /// The arguments of the calls of iptables that add what a listing (`-S DOCKER-USER`) lacks.
    ///
    /// Ours come after the administrator's, which may refuse more than Docker does, and before the
    /// chain's end.
    static func additions(to listing: String, for bridge: String) -> [[String]] {
        let lines = listing.split(separator: "\n").filter { $0.hasPrefix("-A \(name) ") }
        let missing = rules(for: bridge).filter { rule in
            !lines.contains { $0 == "-A \(name) \(rule.joined(separator: " "))" }
        }
        let end = lines.last == "-A \(name) -j RETURN" ? lines.count : lines.count + 1
        return missing.enumerated().map { ["-I", name, "\(end + $0)"] + $1 }
    }
}

extension TrafficDirector {
    /// Lets containers on Docker's other networks reach, through the host's ports, the containers
    /// behind a bridge of ours.
    ///
    /// Returns how many rules were added; none where Docker keeps no `DOCKER-USER` chain (it runs
    /// with `--iptables=false`, or with nftables).
    @discardableResult
    public func admitOtherNetworks(to bridge: String) async throws(TrafficError) -> Int {
        let operation = "Admitting Docker's other networks to \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await onHost(operation) { () throws(TrafficError) in
            let listing: String
            do throws(CommandError) {
                listing = try Self.iptables(["-S", DockerUserChain.name]).runBlocking().text
            } catch {
                guard case .failed = error else { throw TrafficError(operation, error) }
                return 0
            }
            let additions = DockerUserChain.additions(to: listing, for: bridge)
            for addition in additions {
                do throws(CommandError) {
                    _ = try Self.iptables(addition).runBlocking()
                } catch {
                    throw TrafficError(operation, error)
                }
            }
            return additions.count
        }
    }

    /// Waits for the lock that Docker's own calls take, too.
    private static func iptables(_ arguments: [String]) -> Command {
        Command(
            "iptables",
            ["--wait", "5"] + arguments,
            deadline: .seconds(10),
            remedy: "Run apt-get install iptables."
        )
    }
}
