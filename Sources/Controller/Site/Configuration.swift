package import Addresses

/// What a user says about where things are.
package struct Configuration: Sendable {
    /// How Berth proves to the git remote who asks.
    package enum GitAccess: Sendable {
        /// Not at all.
        case anonymous
        /// A file with a token or password, and the user's name that goes with it.
        case token(file: String, user: String)
        /// A private key, and the host keys to trust.
        case sshKey(file: String, knownHosts: String)
    }

    /// The fleet repository, a path or URL.
    package var repository: String
    /// The branch to follow; nil is the remote's HEAD.
    package var branch: String?
    /// A revision to look at instead of the branch's tip.
    package var revision: String?
    /// How the remote is told who asks.
    package var gitAccess = GitAccess.anonymous
    /// Docker's socket, as `unix:///var/run/docker.sock`.
    package var engine: String
    /// Where the mirror, the mounted files, the lock and the history are.
    package var stateDirectory: String
    /// Between two looks at the remote.
    package var interval = Duration.seconds(30)
    /// How long a registry's answer is good for, where a pull policy asks every time.
    package var registryInterval = Duration.seconds(60)
    /// Registries that speak http.
    package var insecureRegistries: Set<String> = []
    /// Docker's `config.json`; nil is where Docker has it.
    package var dockerConfig: String?
    /// The range that networks are cut from; nil is Berth's own.
    package var addressPool: SubnetPool?
    /// The variables of the process: where credentials are looked for, and nothing else.
    package var environment: [String: String]

    /// Names what has no default.
    package init(
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
