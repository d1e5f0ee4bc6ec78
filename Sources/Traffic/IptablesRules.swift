/// Reads what iptables-save(8) and its kin print, of the tables that can send a packet elsewhere.
struct IptablesRules {
    private(set) var rules = ForeignRules()
    /// The tables that were there, by the names they are told by.
    private(set) var tables: Set<String> = []

    /// iptables' own priorities (netfilter_ipv4.h).
    private static let priorities = ["mangle": -150, "nat": -100]
    private static let starts = ["PREROUTING", "OUTPUT"]

    /// `name` gives the name that a table is told by.
    static func parse(_ text: String, _ family: Family, name: (String) -> String) -> Self {
        var reading = Self()
        var table: String?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("*") {
                let own = String(line.dropFirst())
                table = nil
                guard let priority = priorities[own] else { continue }
                table = name(own)
                reading.tables.insert(name(own))
                reading.rules.starts += starts.map { chain in
                    .init(place: .init(table: name(own), chain: chain), priority: priority)
                }
            }
            guard let table, line.hasPrefix("-A ") else { continue }
            reading.read(words(line.dropFirst(3)), of: table, family)
        }
        return reading
    }

    private mutating func read(_ words: [String], of table: String, _ family: Family) {
        guard let chain = words.first else { return }
        var claim = PortClaim.everything.limited(to: family == .ip ? PortClaim.four : PortClaim.six)
        var isExact = true
        var verdict: ForeignRules.Rule.Verdict?
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            let isNot = word == "!"
            guard let option = isNot ? rest.popFirst() : word else { break }
            switch option {
            case "-d":
                guard let range = rest.popFirst().flatMap(AddressRange.parse) else {
                    isExact = false
                    continue
                }
                let ranges = NumberRanges(range)
                claim = claim.limited(to: isNot ? ranges.complement : ranges)
            case "-p":
                let named = rest.popFirst().flatMap(TransportProtocol.init(rawValue:))
                claim.transports = claim.transports.filter { ($0 == named) != isNot }
            case "--dport", "--dports", "--destination-port", "--destination-ports":
                let ports = Self.ports(rest.popFirst() ?? "")
                claim.ports = claim.ports.intersection(isNot ? ports.complement : ports)
            case "--dst-type":
                // All claims are limited to the host's own addresses.
                let isLocal = rest.popFirst()?.split(separator: ",").contains("LOCAL") == true
                if isLocal == isNot { claim = claim.limited(to: NumberRanges([])) }
            case "-m", "--comment": _ = rest.popFirst()
            case "-j", "-g": verdict = rest.popFirst().flatMap(Self.verdict)
            // What follows are the target's own options, or a match that no claim can say.
            default: if verdict == nil { isExact = false }
            }
        }
        guard let verdict, !claim.isEmpty else { return }
        rules.rules[.init(table: table, chain: chain), default: []].append(
            .init(claims: [claim], isExact: isExact, verdict: verdict)
        )
    }

    /// Nil for a target that lets the packet go on.
    private static func verdict(_ target: String) -> ForeignRules.Rule.Verdict? {
        switch target {
        case "DNAT", "REDIRECT", "TPROXY", "NETMAP": .translate
        case "ACCEPT", "DROP", "RETURN": .end
        case "MARK", "CONNMARK", "LOG", "NFLOG", "TCPMSS", "MASQUERADE", "SNAT": nil
        default: .jump(target)
        }
    }

    /// `80`, `8000:8099`, and several with commas; all ports where that is not what it says.
    private static func ports(_ text: String) -> NumberRanges<UInt16> {
        let ranges = text.split(separator: ",").map { part -> ClosedRange<UInt16>? in
            let ends = part.split(separator: ":").map { UInt16($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first <= last
            else { return nil }
            return first...last
        }
        let known = ranges.compactMap(\.self)
        return known.count == ranges.count ? NumberRanges(known) : .all
    }

    /// Splits at spaces outside quotes; within quotes, a backslash takes the next as it is.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var (isQuoted, isEscaped) = (false, false)
        for character in line {
            switch character {
            case _ where isEscaped:
                word.append(character)
                isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case " " where !isQuoted:
                if !word.isEmpty { words.append(word) }
                word = ""
            default: word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
