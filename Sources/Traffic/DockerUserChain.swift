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

    /// The rules for a network's bridge: the way in for what was translated, and the way back.
    ///
    /// What is translated and leaves by another bridge than it came in by asked for a port of the
    /// host; what stays on its bridge is Docker's to allow (`enable_icc`).
    /// Nothing from outside reaches an internal network.
    /// Addresses of ``FormerRange`` have led across bridges; they do as long as `admitsFormer`.
    static func rules(for network: Network, admitsFormer: Bool = false) -> [[String]] {
        let (into, back) = (["-o", network.bridge], ["-i", network.bridge])
        var rules: [[String]] = []
        if !network.isInternal {
            rules += [
                rule(["!", "-i", network.bridge] + into, [], "ORIGINAL"),
                rule(back + ["!", "-o", network.bridge], [], "REPLY"),
            ]
        }
        if admitsFormer {
            let former = ["--ctorigdst", "\(FormerRange.subnet)"]
            rules += [rule(into, former, "ORIGINAL"), rule(back, former, "REPLY")]
        }
        return rules
    }

    /// The words in the order in which `iptables -S` prints them.
    private static func rule(
        _ interfaces: [String],
        _ destination: [String],
        _ direction: String
    ) -> [String] {
        interfaces + ["-m", "conntrack", "--ctstate", "DNAT"] + destination
            + ["--ctdir", direction, "-m", "comment", "--comment", "berth", "-j", "ACCEPT"]
    }

    /// The arguments of the calls of iptables that take a bridge's rules from a listing (`-S`) of a
    /// chain to `rules`: what is missing comes first, then what is left over goes.
    ///
    /// In `DOCKER-USER`, ours come after the administrator's, which may refuse more than Docker
    /// does, and before the chain's end; elsewhere they come first.
    static func changes(
        to listing: String,
        of chain: String = name,
        for bridge: String,
        to rules: [[String]]
    ) -> [[String]] {
        let lines = listing.split(separator: "\n").filter { $0.hasPrefix("-A \(chain) ") }
            .map { $0.split(separator: " ").map(String.init) }
        let missing = rules.filter { !lines.contains(["-A", chain] + $0) }
        let end = lines.last == ["-A", chain, "-j", "RETURN"] ? lines.count : lines.count + 1
        let place = chain == name ? end : 1
        let leftover = lines.map { Array($0.dropFirst(2)) }.filter { words in
            let isOurs = words.contains("berth") && words.contains("--comment")
            return isOurs && words.contains(bridge) && !rules.contains(words)
        }
        return missing.enumerated().map { ["-I", chain, "\(place + $0)"] + $1 }
            + leftover.map { ["-D", chain] + $0 }
    }
}

extension TrafficDirector {
    /// Lets containers on Docker's other networks reach, through the host's ports, the containers
    /// behind a bridge of ours; takes out what earlier versions let in.
    ///
    /// Of IPv6, Docker drops whatever it has not let in itself, from wherever it comes, if it
    /// filters that (`ip6tables`, by itself from 27 on).
    ///
    /// Returns how many rules were changed; none where Docker keeps no such chain (it runs with
    /// `--iptables=false`, or with nftables).
    @discardableResult
    public func admitOtherNetworks(
        to network: Network,
        admitsFormer: Bool = false
    ) async throws(TrafficError) -> Int {
        let bridge = network.bridge
        let operation = "Admitting Docker's other networks to \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await onHost(operation) { () throws(TrafficError) in
            let rules = DockerUserChain.rules(for: network, admitsFormer: admitsFormer)
            let admission = Admission(bridge: bridge, rules: rules, operation: operation)
            let count = try admission.enter(DockerUserChain.name, "iptables") ?? 0
            guard network.subnet6 != nil else { return count }
            let rules6 = DockerUserChain.rules(for: network)
            let six = Admission(bridge: bridge, rules: rules6, operation: operation)
            if let changed = try six.enter(DockerUserChain.name, "ip6tables") {
                return count + changed
            }
            guard try six.listing(of: "DOCKER", "ip6tables") != nil else { return count }
            return count + (try six.enter(DockerUserChain.substitute, "ip6tables") ?? 0)
        }
    }
}

/// A bridge's exceptions on their way into a chain of Docker's.
private struct Admission {
    let bridge: String
    let rules: [[String]]
    let operation: String

    /// Returns how many rules were changed; nil where there is no such chain.
    func enter(_ chain: String, _ program: String) throws(TrafficError) -> Int? {
        guard let listing = try listing(of: chain, program) else { return nil }
        let changes = DockerUserChain.changes(to: listing, of: chain, for: bridge, to: rules)
        for change in changes {
            do throws(CommandError) {
                _ = try Self.command(program, change).runBlocking()
            } catch {
                throw TrafficError(operation, error)
            }
        }
        return changes.count
    }

    /// Nil where there is no such chain.
    func listing(of chain: String, _ program: String) throws(TrafficError) -> String? {
        do throws(CommandError) {
            return try Self.command(program, ["-S", chain]).runBlocking().text
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
