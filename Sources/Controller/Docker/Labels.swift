/// The labels that say what a container, network or volume of Berth's is.
enum Label {
    static let environment = "berth.environment"
    static let service = "berth.service"
    static let slot = "berth.slot"
    static let spec = "berth.spec"
    static let version = "berth.version"
    static let revision = "berth.revision"
    static let generation = "berth.generation"
    /// The image as planned: name, tag and the digest that was deployed.
    static let image = "berth.image"
    /// When Docker is to start the container again, once it is the slot's own.
    static let restart = "berth.restart"
    /// The name without the role's suffix.
    static let base = "berth.name"
    /// The network whose address traffic is sent to.
    static let network = "berth.network"
    /// What the manifest gave of a network that it could have left open.
    static let given = "berth.given"
    /// How the container finds its neighbours; those without it were created when services had
    /// addresses of ``Traffic/FormerRange``, and may hold such.
    static let names = "berth.names"
    static let namesByNetwork = "by-network"

    /// Compose's own, so that its `ps`, Portainer, lazydocker and Dozzle group what belongs
    /// together.
    static let composeProject = "com.docker.compose.project"
    static let composeService = "com.docker.compose.service"
    static let composeNumber = "com.docker.compose.container-number"
    static let composeOneOff = "com.docker.compose.oneoff"
    static let composeNetwork = "com.docker.compose.network"
    static let composeVolume = "com.docker.compose.volume"

    /// The option by which Docker's driver `bridge` is told the interface's name.
    static let bridgeName = "com.docker.network.bridge.name"

    /// The project is not the bare environment's name: a Compose project of that name, brought
    /// down with its orphans, would take Berth's containers with it.
    static func project(of environment: String) -> String { "berth-\(environment)" }

    /// Whether a label is Berth's own or Compose's, which no manifest can set.
    static func isReserved(_ name: String) -> Bool {
        name.hasPrefix("berth.") || name.hasPrefix("com.docker.compose.")
    }
}
