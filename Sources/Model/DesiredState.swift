package import Digests

/// What a revision says for an environment: a pure function of the commit.
package struct DesiredState: Sendable {
    /// The environment's name: the file's name without `.yaml`.
    package var environment: String
    /// The commit it was read from.
    package var revision: Revision
    /// `suspended: true`: the environment is looked at and reported, nothing is changed.
    package var isSuspended: Bool
    /// Whether containers of services that are no longer listed are removed.
    package var prunes: Bool
    /// The Compose project whose containers, volumes and networks this environment takes over.
    package var adoptedProject: String?
    /// Registries tried in order when an image's own is down, by registry.
    package var mirrors: [String: [String]]
    /// Everything that runs here, sorted by name.
    package var services: [Service]
    /// The networks that services join, by key; `default` is always there.
    package var networks: [String: Network]
    /// The named volumes that services mount, by key.
    package var volumes: [String: Volume]
    /// The bytes of the files that come from the commit, by content.
    package var files: [Digest: [UInt8]]
    /// What the policy grants.
    package var grants: Grants
    /// What a reader should know although it is no error.
    package var warnings: [Diagnostic]

    /// Gathers a desired state; everything but its name and commit has an empty default.
    package init(
        environment: String,
        revision: Revision,
        isSuspended: Bool = false,
        prunes: Bool = true,
        adoptedProject: String? = nil,
        mirrors: [String: [String]] = [:],
        services: [Service] = [],
        networks: [String: Network] = ["default": Network(key: "default")],
        volumes: [String: Volume] = [:],
        files: [Digest: [UInt8]] = [:],
        grants: Grants = Grants(),
        warnings: [Diagnostic] = []
    ) {
        self.environment = environment
        self.revision = revision
        self.isSuspended = isSuspended
        self.prunes = prunes
        self.adoptedProject = adoptedProject
        self.mirrors = mirrors
        self.services = services
        self.networks = networks
        self.volumes = volumes
        self.files = files
        self.grants = grants
        self.warnings = warnings
    }

    /// What names of volumes and networks begin with: the adopted project's name, so that they keep
    /// those that Compose gave them, else the environment's.
    package var project: String { adoptedProject ?? environment }

    /// A volume's name in Docker.
    package func volumeName(_ key: String) -> String {
        let volume = volumes[key]
        return volume?.name ?? (volume?.isExternal == true ? key : "\(project)_\(key)")
    }

    /// The service of that name, if the environment lists it.
    package func service(named name: String) -> Service? {
        services.first { $0.name == name }
    }
}
