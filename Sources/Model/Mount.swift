/// A directory or file that a container sees from elsewhere (Compose `volumes`, `tmpfs`).
package struct Mount: Hashable, Sendable, Encodable {
    /// What is mounted.
    package enum Source: Hashable, Sendable, Encodable {
        /// A path of the host.
        case bind(path: String, options: BindOptions)
        /// A named volume by its key at the top level of the manifest.
        case volume(key: String, options: VolumeOptions)
        /// A volume without a name, living as long as its container.
        case anonymousVolume(VolumeOptions)
        /// Memory.
        case tmpfs(size: Int64?, mode: Int?)
    }

    /// What is mounted.
    package var source: Source
    /// The absolute path inside the container.
    package var target: String
    /// Whether the container may only read.
    package var readOnly: Bool

    /// Makes a mount.
    package init(_ source: Source, target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }
}

/// How a path of the host is mounted.
package struct BindOptions: Hashable, Sendable, Encodable {
    /// `rprivate`, `private`, `rshared`, `shared`, `rslave` or `slave`.
    package var propagation: String?
    /// Makes the directory on the host when it is not there.
    package var createHostPath: Bool
    /// The SELinux relabelling, `z` (shared) or `Z` (private).
    package var selinux: String?
    /// `enabled`, `disabled`, `writable` or `readonly`: whether mounts below are mounted too.
    package var recursive: String?

    /// Makes options; the defaults are Compose's.
    package init(
        propagation: String? = nil,
        createHostPath: Bool = true,
        selinux: String? = nil,
        recursive: String? = nil
    ) {
        self.propagation = propagation
        self.createHostPath = createHostPath
        self.selinux = selinux
        self.recursive = recursive
    }

    /// Whether something is written even where the mount is for reading: a label to the files
    /// themselves, or what is mounted below.
    package var writesAnyway: Bool { selinux != nil || recursive == "writable" }
}

/// How a volume is mounted.
package struct VolumeOptions: Hashable, Sendable, Encodable {
    /// Leaves an empty volume empty instead of filling it from the image.
    package var noCopy: Bool
    /// The path inside the volume (API 1.45).
    package var subpath: String?
    /// The SELinux relabelling, `z` (shared) or `Z` (private).
    package var selinux: String?

    /// Makes options; the defaults are Compose's.
    package init(noCopy: Bool = false, subpath: String? = nil, selinux: String? = nil) {
        self.noCopy = noCopy
        self.subpath = subpath
        self.selinux = selinux
    }
}
