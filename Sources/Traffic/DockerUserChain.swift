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

    /// Where the exceptions stand instead for a Docker that filters IPv6 and has no `DOCKER-USER`
    /// there (before 27, with `ip6tables`).
    static let substitute = "FORWARD"

    /// The rules for a bridge: the way in for what was translated, and the way back.
    static func rules(for bridge: String) -> [[String]] {
        [("-o", "ORIGINAL"), ("-i", "REPLY")].map { interface, direction in
            [
                interface, bridge, "-m", "conntrack", "--ctstate", "DNAT", "--ctdir", direction,
                "-m", "comment", "--comment", "berth", "-j", "ACCEPT",
            ]
        }
    }

    /// The arguments of the calls of iptables that add what a listing (`-S`) of a chain lacks.
    ///
    /// In `DOCKER-USER`, ours come after the administrator's, which may refuse more than Docker
    /// does, and before the chain's end; elsewhere they come first.
    static func additions(
        to listing: String,
        of chain: String = name,
        for bridge: String
    ) -> [[String]] {
        let lines = listing.split(separator: "\n").filter { $0.hasPrefix("-A \(chain) ") }
        let missing = rules(for: bridge).filter { rule in
            !lines.contains { $0 == "-A \(chain) \(rule.joined(separator: " "))" }
        }
        let end = lines.last == "-A \(chain) -j RETURN" ? lines.count : lines.count + 1
        let place = chain == name ? end : 1
        return missing.enumerated().map { ["-I", chain, "\(place + $0)"] + $1 }
    }
}

extension TrafficDirector {
    /// Lets containers on Docker's other networks reach, through the host's ports, the containers
    /// behind a bridge of ours.
    ///
    /// Of IPv6, Docker drops whatever it has not let in itself, from wherever it comes, if it
    /// filters that (`ip6tables`, by itself from 27 on).
    ///
    /// Returns how many rules were added; none where Docker keeps no such chain (it runs with
    /// `--iptables=false`, or with nftables).
    @discardableResult
    public func admitOtherNetworks(
        to bridge: String,
        hasIPv6: Bool = false
    ) async throws(TrafficError) -> Int {
        let operation = "Admitting Docker's other networks to \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await onHost(operation) { () throws(TrafficError) in
            let count = try Self.admit(bridge, "iptables", DockerUserChain.name, operation) ?? 0
            guard hasIPv6 else { return count }
            if let six = try Self.admit(bridge, "ip6tables", DockerUserChain.name, operation) {
                return count + six
            }
            guard try Self.listing(of: "DOCKER", "ip6tables", operation) != nil else {
                return count
            }
            let six = try Self.admit(bridge, "ip6tables", DockerUserChain.substitute, operation)
            return count + (six ?? 0)
        }
    }

    /// Nil where there is no such chain.
    private static func admit(
        _ bridge: String,
        _ program: String,
        _ chain: String,
        _ operation: String
    ) throws(TrafficError) -> Int? {
        guard let listing = try listing(of: chain, program, operation) else { return nil }
        let additions = DockerUserChain.additions(to: listing, of: chain, for: bridge)
        for addition in additions {
            do throws(CommandError) {
                _ = try command(program, addition).runBlocking()
            } catch {
                throw TrafficError(operation, error)
            }
        }
        return additions.count
    }

    /// Nil where there is no such chain.
    private static func listing(
        of chain: String,
        _ program: String,
        _ operation: String
    ) throws(TrafficError) -> String? {
        do throws(CommandError) {
            return try command(program, ["-S", chain]).runBlocking().text
        } catch {
            guard case .failed = error else { throw TrafficError(operation, error) }
            return nil
        }
    }

    /// Waits for the lock that Docker's own calls take, too.
    private static func command(_ program: String, _ arguments: [String]) -> Command {
        Command(
            program,
            ["--wait", "5"] + arguments,
            deadline: .seconds(10),
            remedy: "Run apt-get install iptables."
        )
    }
}
