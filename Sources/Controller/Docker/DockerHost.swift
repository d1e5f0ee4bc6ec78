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
    let disk = DiskQueue()
    private let memory: Mutex<Memory>

    /// What outlives a look: what all environments have to heed of each other, what was done
    /// beside the table, and answers that do not change.
    ///
    /// It is lost with the process and found again.
    struct Memory {
        /// The environments that take Compose projects over, by project.
        var adopters: [String: String] = [:]
        /// The addresses that services' names stand for, of all environments.
        var names: KnownNames
        /// Addresses that manifests fix, by environment.
        var fixed: [String: Set<IPv4Address>] = [:]
        /// Addresses that containers have, by environment.
        var taken: [String: Set<IPv4Address>] = [:]
        /// Addresses promised to containers that are being created.
        var reserved: Set<IPv4Address> = []
        /// Containers that are about to be started, with what they write to.
        var starting: [Writer] = []
        /// Ports of the host that no other process can take while this one runs.
        var held = HeldPorts()
        /// What the table was last told to say, by environment.
        var rulesets: [String: Ruleset] = [:]
        /// The rulesets that everything beside the table was done for, too, by environment.
        var settled: [String: DockerSnapshot.Settlement] = [:]
        /// Whether the daemon could not be reached the last time.
        var isDaemonAway = false
        /// When the daemon last came back, as far as was seen; the host's boot until then.
        var daemonStarted = HostBoot.moment
        /// What images say that their containers' spec is, by id; none says anything of the kind.
        var imageSpecs: [String: String?] = [:]
        /// Containers with Berth's labels that are not Berth's, by environment.
        var foreign: [String: Set<String>] = [:]
        /// Mounted files that were found as they should be, by path.
        var verified: [String: ContentFile.Stamp] = [:]
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
