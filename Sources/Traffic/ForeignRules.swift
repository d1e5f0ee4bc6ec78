/// The rules of others that a packet for the host passes, in whatever tables, as far as they matter
/// to ports: which packets each is about, and whether it sends them elsewhere.
struct ForeignRules {
    /// A chain, by its family's and table's name and its own.
    struct Place: Hashable {
        let table: String
        let chain: String
    }

    /// A rule, or one element of a verdict map.
    struct Rule: Equatable {
        enum Verdict: Equatable {
            case translate
            case jump(String)
            /// Accepts, drops or returns: rules further down are not for these packets.
            case end
        }

        /// All packets that it may take.
        let claims: [PortClaim]
        /// Whether it takes all packets of its claims: it looks at nothing that no claim can say.
        let isExact: Bool
        let verdict: Verdict
    }

    struct Start: Hashable {
        let place: Place
        let priority: Int
    }

    var starts: [Start] = []
    var rules: [Place: [Rule]] = [:]

    mutating func merge(_ other: Self) {
        starts += other.starts
        rules.merge(other.rules) { $0 + $1 }
    }

    /// Forgets tables that were read in another way.
    mutating func remove(tables: Set<String>) {
        starts.removeAll { tables.contains($0.place.table) }
        rules = rules.filter { !tables.contains($0.key.table) }
    }

    /// The kernel's own limit of jumps within jumps (NFT_JUMP_STACK_SIZE).
    private static let deepest = 16
    /// More than kube-proxy writes for thousands of services; what is beyond is not looked at.
    private static let mostVisits = 200_000

    /// Every translation that some packet can meet.
    var translations: [ForeignTranslation] {
        var walk = Walk()
        for start in starts.sorted(by: { $0.priority < $1.priority }) {
            var passed: [PortClaim] = []
            follow(start.place, start, [.everything], &passed, 0, &walk)
        }
        return walk.found
    }

    private struct Walk {
        var found: [ForeignTranslation] = []
        var visits = 0
    }

    /// `passed` are the packets that a rule above has taken out.
    private func follow(
        _ place: Place,
        _ start: Start,
        _ claims: [PortClaim],
        _ passed: inout [PortClaim],
        _ depth: Int,
        _ walk: inout Walk
    ) {
        guard depth <= Self.deepest else { return }
        for rule in rules[place] ?? [] {
            walk.visits += 1
            guard walk.visits <= Self.mostVisits else { return }
            let taken = Self.intersections(rule.claims, claims)
            guard !taken.isEmpty else { continue }
            switch rule.verdict {
            case .translate:
                walk.found += taken.map { claim in
                    ForeignTranslation(
                        table: place.table,
                        chain: place.chain,
                        priority: start.priority,
                        claim: claim,
                        exceptions: passed.filter { $0.overlaps(claim) }
                    )
                }
            case .jump(let name):
                // What a chain below returns goes on here.
                var below = passed
                let next = Place(table: place.table, chain: name)
                follow(next, start, taken, &below, depth + 1, &walk)
            case .end:
                if rule.isExact { passed += taken }
            }
        }
    }

    private static func intersections(_ left: [PortClaim], _ right: [PortClaim]) -> [PortClaim] {
        left.flatMap { one in right.map(one.intersection) }.filter { !$0.isEmpty }
    }
}
