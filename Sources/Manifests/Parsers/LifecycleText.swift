internal import Model

/// `restart`: `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`.
enum RestartText {
    @Sendable static func check(_ text: String) throws(TextError) -> String {
        _ = try parse(text)
        return text
    }

    /// Unlike Compose, which takes `yes` and `on-failure:x`, it takes nothing else.
    static func parse(_ text: String) throws(TextError) -> RestartPolicy {
        let policy: RestartPolicy? =
            switch text {
            case "no": .no
            case "always": .always
            case "unless-stopped": .unlessStopped
            case "on-failure": .onFailure(retries: nil)
            default: retries(text).map { .onFailure(retries: $0) }
            }
        guard let policy else {
            throw TextError("\(text.quoted) is not a restart policy")
                .with(remedy: "write no, always, unless-stopped, on-failure or on-failure:3")
        }
        return policy
    }

    private static func retries(_ text: String) -> Int? {
        let digits = text.dropFirst(11)
        guard text.hasPrefix("on-failure:"), (1...6).contains(digits.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(digits)
    }
}

/// A signal as Docker names it: `SIGTERM`, `term`, `SIGRTMIN+3` or `15` (moby/sys, `signal`).
enum SignalText {
    private static let names: Set<String> = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN", "RTMAX",
    ]

    @Sendable static func check(_ text: String) throws(TextError) -> String {
        guard !isNumber(text) else { return text }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if names.contains(name) || isRealTime(name) { return text }
        let near = NearestName.of(name, among: names.sorted())
        throw TextError("\(text.quoted) is not a signal")
            .with(remedy: near.map { "did you mean SIG\($0)?" } ?? "write one such as SIGTERM")
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let number = Int(text) else { return false }
        return (1...64).contains(number) && text == "\(number)"
    }

    /// `RTMIN+1` to `RTMIN+15`, `RTMAX-1` to `RTMAX-14`.
    private static func isRealTime(_ name: String) -> Bool {
        for (start, most) in [("RTMIN+", 15), ("RTMAX-", 14)] where name.hasPrefix(start) {
            let digits = name.dropFirst(start.count)
            guard let number = Int(digits), digits == "\(number)" else { return false }
            return (1...most).contains(number)
        }
        return false
    }
}
