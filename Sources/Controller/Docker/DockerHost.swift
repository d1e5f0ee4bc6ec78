package import Addresses
package import Digests
package import DockerEngine
internal import Foundation
package import Model
internal import Planning
package import Platform
internal import Synchronization
package import Traffic

/// Plain Docker with nftables in front: the conformance that production runs on.
package final class DockerHost: Host {
    let engine: EngineClient
    let director: TrafficDirector
    let layout: HostLayout
    let pool: SubnetPool
    let credentials: @Sendable (ImageName) async -> RegistryCredential?
    let progress: @Sendable (ImageName, PullProgress?) -> Void
    let log: Log
    let prober = Prober()
    let disk = BlockingQueue(label: "berth.files")
    private let memory: Mutex<Memory>

    /// What was seen last, so that a pass asks once; nothing here decides anything that could not
    /// be looked up again.
    struct Memory {
        var table: ObservedTable?
        var networks = Networks([])
        /// The environments that take Compose projects over, by project.
        var adopters: [String: String] = [:]
        /// What they take over, by environment.
        var adoptions: [String: Adoption] = [:]
        var names: KnownNames
        /// Networks whose definition changed, by environment and key.
        var successions: [String: [String: NetworkSuccession]] = [:]
        /// Addresses that manifests fix, by environment.
        var fixed: [String: Set<IPv4Address>] = [:]
        /// Where containers are in each network, by the first 12 digits of their ids, by
        /// environment.
        var endpoints: [String: [String: [String: IPv4Address]]] = [:]
        /// Environments with containers that may hold addresses of the former range.
        var former: Set<String> = []
        /// What the table was last made to say, by environment.
        var rulesets: [String: Ruleset] = [:]
        /// The rulesets that everything beside the table was done for, too, by environment.
        var settled: [String: Settlement] = [:]
        /// Whether the daemon could not be reached the last time.
        var isDaemonAway = false
        /// When the daemon last came back, as far as was seen; the host's boot until then.
        var daemonStarted = HostBoot.moment
        /// Addresses promised to containers that are being made.
        var reserved: Set<IPv4Address> = []
        /// Ports of the host that nobody else can take while this process runs.
        var held = HeldPorts()
        /// Services whose ports somebody else has, by environment.
        var obstructed: [String: Set<String>] = [:]
        /// What images say that their containers' spec is, by id; none says anything of the kind.
        var imageSpecs: [String: String?] = [:]
        /// Networks that containers get their traffic through, whoever made them, by environment.
        var attached: [String: Set<String>] = [:]
        /// Containers as they were last seen, by environment.
        var containers: [String: [Container]] = [:]
        /// Containers with Berth's labels that are not Berth's, by environment.
        var foreign: [String: Set<String>] = [:]
        /// Containers that are about to be started, with what they write to.
        var starting: [Writer] = []
        /// Mounted files that were found as they should be, by path.
        var verified: [String: ContentFile.Stamp] = [:]
        /// Addresses that containers have, by environment.
        var taken: [String: Set<IPv4Address>] = [:]
    }

    /// Brings the parts together.
    ///
    /// - Parameters:
    ///   - engine: Docker.
    ///   - director: nftables.
    ///   - layout: where things are.
    ///   - pool: the range that networks are cut from.
    ///   - credentials: what proves to a registry who pulls.
    ///   - progress: told about every step of a pull, and nil when it has ended.
    ///   - log: for what is worth knowing but stops nothing.
    package init(
        engine: EngineClient,
        director: TrafficDirector,
        layout: HostLayout,
        pool: SubnetPool = .standard,
        credentials: @escaping @Sendable (ImageName) async -> RegistryCredential? = { _ in nil },
        progress: @escaping @Sendable (ImageName, PullProgress?) -> Void = { _, _ in },
        log: Log
    ) {
        self.engine = engine
        self.director = director
        self.layout = layout
        self.pool = pool
        self.credentials = credentials
        self.progress = progress
        self.log = log
        memory = Mutex(Memory(names: KnownNames(writtenIn: layout)))
    }

    func withMemory<Value>(_ body: (inout Memory) -> Value) -> Value {
        memory.withLock { body(&$0) }
    }

    // MARK: Images

    /// The digest of an image that the host has under that name.
    package func localDigest(of image: ImageName) async throws -> Digest? {
        do throws(EngineError) {
            let details = try await engine.inspectImage(image.withDefaultTag.familiar)
            // An image that was built here, or loaded, has no digest of a registry; its id will do.
            return details.digest(in: image.repository) ?? Digest(details.id)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }
}
