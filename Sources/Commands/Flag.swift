/// One option of the command line, which is also an environment variable.
struct Flag: Sendable {
    /// How many values an option has.
    enum Arity: Sendable {
        /// None: it is on or off.
        case toggle
        /// One; the last one counts.
        case value(String)
        /// One of these words; the last one counts.
        case choice([String])
        /// Any number, repeated or comma-separated in the variable.
        case list(String)
    }

    let name: String
    let arity: Arity
    let help: String
    let standard: String?
    /// Whether there is an environment variable for it.
    var readsVariable = true

    /// `--state-dir` is `BERTH_STATE_DIR`.
    var variable: String? {
        readsVariable ? "BERTH_" + name.uppercased().replacing("-", with: "_") : nil
    }

    /// The option with its placeholder.
    var usage: String {
        switch arity {
        case .toggle: "--\(name)"
        case .value(let placeholder), .list(let placeholder): "--\(name) \(placeholder)"
        case .choice(let words): "--\(name) \(words.joined(separator: "|"))"
        }
    }

    private init(_ name: String, _ arity: Arity, _ help: String, or standard: String? = nil) {
        (self.name, self.arity, self.help, self.standard) = (name, arity, help, standard)
    }

    /// An option of the command line only.
    private static func local(
        _ name: String,
        _ arity: Arity,
        _ help: String,
        or standard: String? = nil
    ) -> Flag {
        var flag = Flag(name, arity, help, or: standard)
        flag.readsVariable = false
        return flag
    }
}

// What to look at, and how to print it.
extension Flag {
    static let repo = Flag(
        "repo",
        .value("PATH|URL"),
        "fleet repository: a path, a file://, http(s):// or ssh:// URL, or user@host:path",
        or: "."
    )
    static let branch = Flag("branch", .value("NAME"), "branch to follow, instead of HEAD")
    static let revision = Flag("revision", .value("COMMIT"), "commit or tag, instead of a branch")
    private static let soleEnvironment = "optional if the repository has only one"
    static let environment = Flag("environment", .value("NAME"), "environment; \(soleEnvironment)")
    static let environments = Flag(
        "environment",
        .list("NAME"),
        "environment of this host; repeatable; \(soleEnvironment)"
    )
    private static let formats = ["table", "json", "markdown"]
    static let format = Flag("format", .choice(formats), "output format", or: "table")
    static let checkFormat = Flag(
        "format",
        .choice(formats + ["github"]),
        "output format; github prints annotations for a GitHub Actions workflow",
        or: "table"
    )
    static let detailedExitCode = Flag(
        "detailed-exitcode",
        .toggle,
        "exit like terraform: 0 no differences, 2 differences, 1 error"
    )
    static let timeout = Flag("timeout", .value("DURATION"), "time limit", or: "10m")
    static let retryFailed = Flag("retry-failed", .toggle, "retry releases that failed before")
    static let interval = Flag("interval", .value("DURATION"), "time between fetches", or: "30s")
}

// Where things are, for every command that looks at a host.
extension Flag {
    static let engine = Flag(
        "engine",
        .value("unix://PATH"),
        "Docker socket, instead of DOCKER_HOST or unix:///var/run/docker.sock"
    )
    static let stateDirectory = Flag(
        "state-dir",
        .value("PATH"),
        "directory for the git mirror, mounted files, the lock and the history",
        or: "/var/lib/berth"
    )
    static let gitTokenFile = Flag(
        "git-token-file",
        .value("PATH"),
        "file with the password or token for an http(s) remote"
    )
    static let gitUser = Flag("git-user", .value("NAME"), "user of the token", or: "git")
    static let sshKey = Flag("ssh-key", .value("PATH"), "private key for an ssh remote")
    static let knownHosts = Flag(
        "known-hosts",
        .value("PATH"),
        "trusted ssh host keys, instead of ~/.ssh/known_hosts"
    )
    static let insecureRegistry = Flag(
        "insecure-registry",
        .list("HOST[:PORT]"),
        "registry to use over http; repeatable; loopback addresses need no entry"
    )
    static let dockerConfig = Flag(
        "docker-config",
        .value("PATH"),
        "config.json with registry credentials, instead of Docker's own"
    )
    static let addressPool = Flag(
        "address-pool",
        .value("CIDR"),
        "private address range for the environments' networks",
        or: "172.30.0.0/16"
    )
    static let logFormat = Flag("log-format", .choice(["text", "json"]), "log format", or: "text")
    private static let levels = ["debug", "info", "warning", "error"]
    static let logLevel = Flag("log-level", .choice(levels), "lowest level to log", or: "info")
}

extension [Flag] {
    static let site: [Flag] = [
        .repo, .branch, .revision, .engine, .stateDirectory, .gitTokenFile, .gitUser, .sshKey,
        .knownHosts, .insecureRegistry, .dockerConfig, .addressPool, .logFormat, .logLevel,
    ]
}

// For `config` and `init`.
extension Flag {
    static let modelFormat = local(
        "format",
        .choice(["yaml", "json"]),
        "output format",
        or: "yaml"
    )
    static let origins = local("origins", .toggle, "print the file and line that set each value")
    static let file = local("file", .value("FILE"), "Compose file to print, without an environment")
    static let set = local("set", .list("NAME=VALUE"), "value of ${NAME} in the file; repeatable")
    static let from = local("from", .value("FILE"), "Compose file to import, instead of a sample")
    static let envFile = local(
        "env-file",
        .list("FILE"),
        "values of ${NAME} in the Compose file, instead of .env beside it; repeatable"
    )
    static let image = local(
        "image",
        .list("SERVICE=IMAGE"),
        "image of a service, instead of build: or another image; repeatable"
    )
    static let data = local(
        "data",
        .value("DIR"),
        "base folder on the host for relative paths that containers write to"
    )
    static let project = local(
        "project",
        .value("NAME"),
        "Compose project that prod adopts, instead of the one that runs from the file"
    )
    static let noSecret = local(
        "no-secret",
        .list("NAME"),
        "variable that looks like a secret but may be committed to git; repeatable"
    )
    static let secretsDirectory = local(
        "secrets-dir",
        .value("DIR"),
        "folder on the host for variables that look like secrets, instead of /etc/berth/PROJECT"
    )
}
