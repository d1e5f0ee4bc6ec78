/// What an environment's policy grants, as far as only the host shows whether it is kept.
package struct Grants: Hashable, Sendable {
    /// A path of the host that services may mount, with everything beneath it.
    package struct HostPath: Hashable, Sendable {
        /// The absolute path, without `.` and `..`.
        package var path: String
        /// Whether it may only be mounted for reading.
        package var isReadOnly: Bool

        /// Names a path.
        package init(path: String, isReadOnly: Bool = false) {
            self.path = path
            self.isReadOnly = isReadOnly
        }
    }

    /// Paths of the host that services may mount.
    package var hostPaths: [HostPath]
    /// Paths of the host that several containers may write to at a time, with everything beneath.
    package var sharedPaths: Set<String>
    /// Services that may join the host's own links.
    package var hostNetwork: Set<String>
    /// Names in Docker of volumes that belong to others, another environment included.
    package var externalVolumes: Set<String>
    /// Names in Docker of networks that belong to others, another environment included.
    package var externalNetworks: Set<String>

    /// Gathers grants; nothing is granted by default.
    package init(
        hostPaths: [HostPath] = [],
        sharedPaths: Set<String> = [],
        hostNetwork: Set<String> = [],
        externalVolumes: Set<String> = [],
        externalNetworks: Set<String> = []
    ) {
        self.hostPaths = hostPaths
        self.sharedPaths = sharedPaths
        self.hostNetwork = hostNetwork
        self.externalVolumes = externalVolumes
        self.externalNetworks = externalNetworks
    }
}
