/// What a user says about where things are.
public struct Configuration: Sendable {
    /// How Berth proves to the git remote who asks.
    public enum GitAccess: Sendable {
        /// Not at all.
        case anonymous
        /// A file with a token or password, and the user's name that goes with it.
        case token(file: String, user: String)
        /// A private key, and the host keys to trust.
        case sshKey(file: String, knownHosts: String)
    }

    /// The fleet repository, a path or URL.
    public var repository: String
    /// The branch to follow; nil is the remote's HEAD.
    public var branch: String?
    /// A revision to look at instead of the branch's tip.
    public var revision: String?
    /// How the remote is told who asks.
    public var gitAccess = GitAccess.anonymous
    /// Docker's socket, as `unix:///var/run/docker.sock`.
    public var engine: String
    /// Where the mirror, the mounted files, the lock and the history are.
    public var stateDirectory: String
    /// Between two looks at the remote.
    public var interval = Duration.seconds(30)
    /// How long a registry's answer is good for, where a pull policy asks every time.
    public var registryInterval = Duration.seconds(60)
    /// Registries that speak http.
    public var insecureRegistries: Set<String> = []
    /// Docker's `config.json`; nil is where Docker has it.
    public var dockerConfig: String?
    /// The range that networks are cut from; nil is Berth's own.
    public var addressPool: AddressPool?
    /// The variables of the process: where credentials are looked for, and nothing else.
    public var environment: [String: String]

    /// Names what has no default.
    public init(
        repository: String,
        engine: String,
        stateDirectory: String,
        environment: [String: String]
    ) {
        self.repository = repository
        self.engine = engine
        self.stateDirectory = stateDirectory
        self.environment = environment
    }
}
