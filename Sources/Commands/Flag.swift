/// One option of the command line, which is also an environment variable.
struct Flag: Sendable {
    /// How many values an option has.
    enum Arity: Sendable {
        /// None: it is there or not.
        case toggle
        /// One; the last one counts.
        case value(placeholder: String)
        /// Any number, repeated or comma-separated in the variable.
        case list(placeholder: String)
    }

    let name: String
    let arity: Arity
    let standard: String?
    let help: String
    /// The environment variable that stands for it: `--state-dir` is `BERTH_STATE_DIR`; nil where
    /// only the command line counts.
    let variable: String?

    init(
        _ name: String,
        _ arity: Arity,
        standard: String? = nil,
        readsVariable: Bool = true,
        help: String
    ) {
        self.name = name
        self.arity = arity
        self.standard = standard
        self.help = help
        variable =
            readsVariable ? "BERTH_" + name.uppercased().replacing("-", with: "_") : nil
    }

    /// As the help shows it.
    var usage: String {
        switch arity {
        case .toggle: "--\(name)"
        case .value(let placeholder), .list(let placeholder): "--\(name) \(placeholder)"
        }
    }
}

extension Flag {
    static let repo = Flag(
        "repo",
        .value(placeholder: "PATH|URL"),
        standard: ".",
        help: "the fleet repository: a path, file://, http(s):// or ssh:// URL, or user@host:path"
    )
    static let branch = Flag(
        "branch",
        .value(placeholder: "NAME"),
        help: "the branch to follow; the remote's HEAD by default"
    )
    static let revision = Flag(
        "revision",
        .value(placeholder: "COMMIT"),
        help: "a commit, tag or branch to look at instead of the branch's tip"
    )
    static let environment = Flag(
        "environment",
        .value(placeholder: "NAME"),
        help: "the environment; may be left out where the repository has only one"
    )
    static let environments = Flag(
        "environment",
        .list(placeholder: "NAME"),
        help: "an environment that runs on this host; repeat it for more"
    )
    static let engine = Flag(
        "engine",
        .value(placeholder: "unix://PATH"),
        help: "Docker's socket; DOCKER_HOST, then unix:///var/run/docker.sock by default"
    )
    static let stateDirectory = Flag(
        "state-dir",
        .value(placeholder: "PATH"),
        standard: "/var/lib/berth",
        help: "the git mirror, mounted files, the lock and the history"
    )
    static let format = Flag(
        "format",
        .value(placeholder: "table|json|markdown"),
        standard: "table",
        help: "how data is printed on standard output"
    )
    static let checkFormat = Flag(
        "format",
        .value(placeholder: "table|json|markdown|github"),
        standard: "table",
        help: "how problems are printed; github makes annotations of them in a workflow"
    )
    static let modelFormat = Flag(
        "format",
        .value(placeholder: "yaml|json"),
        standard: "yaml",
        readsVariable: false,
        help: "how the model is printed on standard output"
    )
    static let origins = Flag(
        "origins",
        .toggle,
        readsVariable: false,
        help: "say of every value where it comes from"
    )
    static let file = Flag(
        "file",
        .value(placeholder: "FILE"),
        readsVariable: false,
        help: "a Compose file to print by itself, without an environment"
    )
    static let set = Flag(
        "set",
        .list(placeholder: "NAME=VALUE"),
        readsVariable: false,
        help: "what ${NAME} stands for in the Compose file; repeat it for more"
    )
    static let from = Flag(
        "from",
        .value(placeholder: "FILE"),
        readsVariable: false,
        help: "the Compose file to take over; a small sample by default"
    )
    static let envFile = Flag(
        "env-file",
        .list(placeholder: "FILE"),
        readsVariable: false,
        help: "values of ${NAME} in the Compose file, instead of .env beside it; later ones win"
    )
    static let image = Flag(
        "image",
        .list(placeholder: "SERVICE=IMAGE"),
        readsVariable: false,
        help: "the image of a service, in the place of build: or another image; repeat it for more"
    )
    static let data = Flag(
        "data",
        .value(placeholder: "DIR"),
        readsVariable: false,
        help: "where on the host the Compose file's relative paths start that containers write to"
    )
    static let project = Flag(
        "project",
        .value(placeholder: "NAME"),
        readsVariable: false,
        help: "the Compose project that prod adopts, with its volumes and networks; the one that "
            + "runs from the file by default"
    )
    static let noSecret = Flag(
        "no-secret",
        .list(placeholder: "NAME"),
        readsVariable: false,
        help: "a variable that looks like a secret and is none, so that it may go to git"
    )
    static let secretsDirectory = Flag(
        "secrets-dir",
        .value(placeholder: "DIR"),
        readsVariable: false,
        help: "the folder for files of variables that look like secrets; /etc/berth/PROJECT by "
            + "default"
    )
    static let interval = Flag(
        "interval",
        .value(placeholder: "DURATION"),
        standard: "30s",
        help: "between two looks at the repository, as 30s or 5m"
    )
    static let gitTokenFile = Flag(
        "git-token-file",
        .value(placeholder: "PATH"),
        help: "a file with the password or token for http(s) remotes"
    )
    static let gitUser = Flag(
        "git-user",
        .value(placeholder: "NAME"),
        standard: "git",
        help: "the user name that goes with the token"
    )
    static let sshKey = Flag(
        "ssh-key",
        .value(placeholder: "PATH"),
        help: "the private key for ssh remotes"
    )
    static let knownHosts = Flag(
        "known-hosts",
        .value(placeholder: "PATH"),
        help: "the host keys to trust; ~/.ssh/known_hosts by default"
    )
    static let insecureRegistry = Flag(
        "insecure-registry",
        .list(placeholder: "HOST[:PORT]"),
        help: "a registry that speaks http; loopback addresses always may"
    )
    static let dockerConfig = Flag(
        "docker-config",
        .value(placeholder: "PATH"),
        help: "the config.json with registry credentials; Docker's own by default"
    )
    static let addressPool = Flag(
        "address-pool",
        .value(placeholder: "CIDR"),
        standard: "172.30.0.0/16",
        help: "the private range that the environments' networks are cut from"
    )
    static let logFormat = Flag(
        "log-format",
        .value(placeholder: "text|json"),
        standard: "text",
        help: "how the log is written on standard error"
    )
    static let logLevel = Flag(
        "log-level",
        .value(placeholder: "debug|info|warning|error"),
        standard: "info",
        help: "lines that matter less are left out"
    )
    static let detailedExitCode = Flag(
        "detailed-exitcode",
        .toggle,
        help: "exit like terraform: 0 no difference, 2 differences, 1 error"
    )
    static let timeout = Flag(
        "timeout",
        .value(placeholder: "DURATION"),
        standard: "10m",
        help: "give up after this time; what was begun is finished by the next run"
    )
    static let retryFailed = Flag(
        "retry-failed",
        .toggle,
        help: "try releases again that failed before"
    )
}
