internal import Platform

/// The exceptions in Docker's own filter that let its other networks reach us, but for those that
/// are internal.
///
/// Docker keeps its bridges apart: what comes from one and leaves by another is dropped, also when
/// the caller asked for a port of the host.
/// For its own published ports it avoids that with a process between (docker-proxy); what our
/// table translates would be lost.
/// `DOCKER-USER` is the chain that Docker leaves to the administrator and looks at first
/// (docs.docker.com, "Packet filtering and firewalls"); it speaks iptables, so we do here as well.
enum DockerUserChain {
    static let name = "DOCKER-USER"

    /// Where the exceptions stand instead for a Docker that filters IPv6 and has no `DOCKER-USER`
    /// there (before 27, with `ip6tables`).
    static let substitute = "FORWARD"

    /// The rules for a network's bridge: for what was translated, and for its replies.
    ///
    /// What is translated and leaves by another bridge than it came in by asked for a port of the
    /// host; what stays on its bridge is Docker's to allow (`enable_icc`).
    /// Nothing reaches an internal network from outside, and nothing leaves it: that has to stand
    /// before what is let into others.
    /// Addresses of ``FormerRange`` were routed across bridges; they are as long as `admitsFormer`.
    /// So do services' addresses while containers move to or from a sibling, be one internal.
    static func rules(
        for network: Network,
        in family: Family = .ip,
        admitsFormer: Bool = false
    ) -> Rules {
        let (into, back) = (["-o", network.bridge], ["-i", network.bridge])
        let (notIn, notOut) = (["!"] + back, ["!"] + into)
        var rules = Rules()
        if admitsFormer {
            let former = ["--ctorigdst", "\(FormerRange.subnet)"]
            rules.first = [rule(into, former, "ORIGINAL"), rule(back, former, "REPLY")]
        }
        if family == .ip, !network.siblings.isEmpty {
            let own = ["--ctorigdst", "\(network.subnet)"]
            rules.first += [
                rule(back + notOut, own, "ORIGINAL"), rule(notIn + into, own, "REPLY"),
            ]
        }
        if network.isInternal {
            rules.first.append(rule(back + notOut, [], "ORIGINAL", "DROP"))
        } else {
            rules.last = [rule(notIn + into, [], "ORIGINAL"), rule(back + notOut, [], "REPLY")]
        }
        return rules
    }

    /// A bridge's rules: those that stand before all others of ours, and those after them.
    struct Rules {
        var first: [[String]] = []
        var last: [[String]] = []
    }

    /// The words in the order in which `iptables -S` prints them.
    private static func rule(
        _ interfaces: [String],
        _ destination: [String],
        _ direction: String,
        _ verdict: String = "ACCEPT"
    ) -> [String] {
        interfaces + ["-m", "conntrack", "--ctstate", "DNAT"] + destination
            + ["--ctdir", direction, "-m", "comment", "--comment", "berth", "-j", verdict]
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
        to rules: Rules
    ) -> [[String]] {
        let lines = listing.split(separator: "\n").filter { $0.hasPrefix("-A \(chain) ") }
            .map { $0.split(separator: " ").map(String.init) }
        func isMissing(_ rule: [String]) -> Bool { !lines.contains(["-A", chain] + rule) }
        let end = lines.last == ["-A", chain, "-j", "RETURN"] ? lines.count : lines.count + 1
        let place = chain == name ? end : 1
        let start = lines.firstIndex(where: isOurs).map { $0 + 1 } ?? place
        let first = rules.first.filter(isMissing)
        let last = rules.last.filter(isMissing)
        let leftover = lines.filter(isOurs).map { Array($0.dropFirst(2)) }.filter { words in
            words.contains(bridge) && !(rules.first + rules.last).contains(words)
        }
        return first.enumerated().map { ["-I", chain, "\(start + $0)"] + $1 }
            + last.enumerated().map { ["-I", chain, "\(place + first.count + $0)"] + $1 }
            + leftover.map { ["-D", chain] + $0 }
    }

    private static func isOurs(_ words: [String]) -> Bool {
        words.contains("--comment") && words.contains("berth")
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
    package func admitOtherNetworks(
        to network: Network,
        admitsFormer: Bool = false
    ) async throws(TrafficError) -> Int {
        let bridge = network.bridge
        let operation = "Admitting Docker's other networks to \(bridge)"
        guard Network.isInterfaceName(bridge) else {
            throw TrafficError(.refused, operation, detail: "this is no interface name")
        }
        return try await visit(operation) { () throws(TrafficError) in
            let rules = DockerUserChain.rules(for: network, admitsFormer: admitsFormer)
            let admission = Admission(bridge: bridge, rules: rules, operation: operation)
            let count = try admission.enter(DockerUserChain.name, "iptables") ?? 0
            guard network.subnet6 != nil else { return count }
            let rules6 = DockerUserChain.rules(for: network, in: .ip6)
            let six = Admission(bridge: bridge, rules: rules6, operation: operation)
            if let changed = try six.enter(DockerUserChain.name, "ip6tables") {
                return count + changed
            }
            guard try six.listing(of: "DOCKER", "ip6tables") != nil else { return count }
            return count + (try six.enter(DockerUserChain.substitute, "ip6tables") ?? 0)
        }
    }

    /// Removes the exceptions for a bridge that no longer exists.
    package func forget(bridge: String) async throws(TrafficError) {
        let operation = "Removing the exceptions for \(bridge)"
        try await visit(operation) { () throws(TrafficError) in
            let admission = Admission(bridge: bridge, rules: .init(), operation: operation)
            _ = try admission.enter(DockerUserChain.name, "iptables")
            for chain in [DockerUserChain.name, DockerUserChain.substitute] {
                _ = try admission.enter(chain, "ip6tables")
            }
        }
    }
}

/// A bridge's exceptions on their way into a chain of Docker's.
private struct Admission {
    let bridge: String
    let rules: DockerUserChain.Rules
    let operation: String

    /// Returns how many rules were changed; nil where there is no such chain.
    func enter(_ chain: String, _ program: String) throws(TrafficError) -> Int? {
        guard let listing = try listing(of: chain, program) else { return nil }
        let changes = DockerUserChain.changes(to: listing, of: chain, for: bridge, to: rules)
        for change in changes { try run(program, change) }
        return changes.count
    }

    func listing(of chain: String, _ program: String) throws(TrafficError) -> String? {
        do throws(CommandError) {
            return try command(program, ["-S", chain]).runBlocking().text
        } catch {
            guard case .failed = error else { throw TrafficError(operation, error) }
            return nil
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws(TrafficError) {
        do throws(CommandError) {
            try command(program, arguments).runBlocking()
        } catch {
            throw TrafficError(operation, error)
        }
    }

    /// Waits for the lock that Docker's own calls take, too.
    private func command(_ program: String, _ arguments: [String]) -> Command {
        Command(
            program,
            ["--wait", "5"] + arguments,
            deadline: .seconds(10),
            remedy: "Run apt-get install iptables."
        )
    }
}
