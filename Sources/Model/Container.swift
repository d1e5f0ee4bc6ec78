package import Addresses
package import Digests

/// A container of Berth's on the host, as it is now.
package struct Container: Hashable, Sendable, Identifiable {
    /// What Docker says the container is doing.
    package enum State: Hashable, Sendable {
        /// Made, never started.
        case created
        /// Running, paused not counted.
        case running
        /// Ended and about to be started again by Docker.
        case restarting
        /// Halted by `docker pause`.
        case paused
        /// Ended with a code.
        case exited(code: Int)
        /// Half removed, or impossible to remove.
        case dead
    }

    /// What Docker's health check says.
    package enum Health: String, Hashable, Sendable {
        /// There is no check.
        case none
        /// Not yet decided.
        case starting
        /// Well.
        case healthy
        /// Failed its test as often as the check allows.
        case unhealthy
    }

    /// Docker's id, 64 hex digits.
    package var id: String
    /// The name, with the role it says.
    package var name: ContainerName
    /// The service's name.
    package var service: String
    /// The replica's place, from 1.
    package var slot: Int
    /// The digest of the spec it was made from.
    package var spec: Digest
    /// Counts the containers of a slot, upwards.
    package var generation: Int
    /// The version it was made for, as the environment wrote it.
    package var version: String
    /// The commit it was made for.
    package var revision: String
    /// The image as it was planned: name, tag, and the digest that was deployed.
    package var image: ImageName
    /// What it is doing.
    package var state: State
    /// What its health check says.
    package var health: Health
    /// How often Docker started it again; nil where it was not looked up.
    package var restarts: Int?
    /// When it was made.
    package var created: Moment
    /// When it was last started; nil where never, or not looked up.
    package var started: Moment?
    /// When it last ended; nil where never, or not looked up.
    package var finished: Moment?
    /// Its address in the network that traffic is sent to; nil for the host's network.
    package var address: IPv4Address?
    /// Its address of IPv6 there; nil where the network has none.
    package var address6: IPv6Address?
    /// Networks that it should be on and is not: gone, created anew, or disconnected by hand.
    package var lostNetworks: [String] = []
    /// What is mounted, by the path inside: names of volumes, and paths of the host.
    package var mounts: [String: String]
    /// The Compose project that created it, which the environment takes over; nil for Berth's own.
    package var project: String?

    /// Describes a container.
    package init(
        id: String,
        name: ContainerName,
        service: String,
        slot: Int,
        spec: Digest,
        generation: Int,
        version: String,
        revision: String,
        image: ImageName,
        state: State,
        health: Health,
        restarts: Int? = nil,
        created: Moment,
        started: Moment? = nil,
        finished: Moment? = nil,
        address: IPv4Address? = nil,
        address6: IPv6Address? = nil,
        mounts: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.slot = slot
        self.spec = spec
        self.generation = generation
        self.version = version
        self.revision = revision
        self.image = image
        self.state = state
        self.health = health
        self.restarts = restarts
        self.created = created
        self.started = started
        self.finished = finished
        self.address = address
        self.address6 = address6
        self.mounts = mounts
    }

    /// Whether Docker starts it again whenever it ends, unless it was stopped; false where that was
    /// not looked up.
    package var isKeptUp = false

    /// Whether Compose created it, and Berth is to replace it.
    package var isAdopted: Bool { project != nil }

    /// Twelve digits of the id, as Docker abbreviates.
    package var shortID: String { String(id.prefix(12)) }
}
