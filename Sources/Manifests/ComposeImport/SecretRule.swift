/// What counts as a secret, and so never stands in a file that goes to git.
///
/// The rule is one of names and forms, and errs on the side of secrecy: a value that is kept out
/// of git without need costs nothing.
enum SecretRule {
    static func isSecret(_ name: String, _ value: String) -> Bool {
        !isHarmless(value) && (namesSecret(name, value) || holdsSecret(value))
    }

    /// Whether a variable of that name is kept out of git, whatever its value is until now.
    ///
    /// Names of files that hold secrets (`…_FILE`, `…_PATH`, `…_DIR`) with an absolute path are no
    /// secrets.
    static func namesSecret(_ name: String, _ value: String = "") -> Bool {
        var upper = name.uppercased()
        let namesPath = pathEndings.contains { upper.hasSuffix($0) }
        if namesPath, value.isEmpty || value.hasPrefix("/") || value.hasPrefix("./") {
            return false
        }
        // Products and words of which a mark is only a part.
        for word in innocent { upper = upper.replacing(word, with: "") }
        if marks.contains(where: upper.contains) { return true }
        return !words(of: name).isDisjoint(with: shortWords)
    }

    /// Whether a text has the form of a secret, or has one in it.
    static func holdsSecret(_ text: String) -> Bool {
        guard text.utf8.count >= 6 else { return false }
        if text.contains("PRIVATE KEY-----") { return true }
        if hasCredentials(text) { return true }
        let lower = text.lowercased()
        if assignments.contains(where: { isAssigned($0, in: lower) }) { return true }
        return text.split(whereSeparator: { $0.isWhitespace || "\"'=,:".contains($0) }).contains {
            word in
            tokens.contains { word.hasPrefix($0.prefix) && word.count >= $0.length }
        }
    }

    /// Whether a value says too little to be a secret: nothing, or a switch.
    static func isHarmless(_ value: String) -> Bool {
        ["", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null"]
            .contains(value.lowercased())
    }

    private static let marks = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "KEY",
    ]

    private static let innocent = [
        "KEYCLOAK", "KEYBOARD", "KEYDB", "KEYSPACE", "KEYWORD", "MONKEY", "TOKENIZER",
    ]

    /// Too short to be looked for within a word.
    private static let shortWords: Set<String> = [
        "PASS", "PWD", "PW", "PSK", "PIN", "SALT", "DSN", "CREDS", "AUTH", "COOKIE", "JWT",
    ]

    private static let pathEndings = ["_FILE", "_PATH", "_DIR"]

    private static let assignments = ["password=", "passwd=", "pwd=", "secret=", "token="]

    /// How the tokens of widespread services begin, and how long they are at least.
    private static let tokens: [(prefix: String, length: Int)] = [
        ("ghp_", 20), ("gho_", 20), ("ghs_", 20), ("github_pat_", 20), ("glpat-", 16),
        ("xoxb-", 16), ("xoxp-", 16), ("sk_live_", 16), ("sk-", 24), ("rk_live_", 16),
        ("AKIA", 20), ("ASIA", 20), ("AIza", 30), ("eyJ", 40), ("SG.", 30), ("npm_", 20),
    ]

    /// The words of a name, in capitals: `dbPassWord`, `DB_PASS` and `db.pass` have several.
    private static func words(of name: String) -> Set<String> {
        var words: Set<String> = []
        var word = ""
        var wasLower = false
        for character in name {
            let isPart = character.isLetter
            if !isPart || wasLower && character.isUppercase {
                words.insert(word.uppercased())
                word = ""
            }
            if isPart { word.append(character) }
            wasLower = character.isLowercase
        }
        return words.union([word.uppercased()])
    }

    /// A URL with a password, or over HTTP with any user (`https://token@host`).
    private static func hasCredentials(_ text: String) -> Bool {
        var rest = text[...]
        while let mark = rest.firstRange(of: "://") {
            let scheme = rest[..<mark.lowerBound].reversed().prefix { $0.isLetter || $0.isNumber }
            rest = rest[mark.upperBound...]
            let authority = rest.prefix { !"/?#\"'<> \t\n,".contains($0) }
            guard let sign = authority.lastIndex(of: "@") else { continue }
            let user = authority[..<sign]
            guard let colon = user.firstIndex(of: ":") else {
                if !user.isEmpty, ["ptth", "sptth"].contains(String(scheme).lowercased()) {
                    return true
                }
                continue
            }
            if user.index(after: colon) < user.endIndex { return true }
        }
        return false
    }

    /// `password=x`, as connection strings have it; nothing behind it, or a variable, is no secret.
    private static func isAssigned(_ key: String, in text: String) -> Bool {
        text.ranges(of: key).contains { range in
            let value = text[range.upperBound...].prefix {
                !$0.isWhitespace && !";&\"',".contains($0)
            }
            return !isHarmless(String(value)) && !"$<{".contains(value.first ?? "$")
        }
    }
}
