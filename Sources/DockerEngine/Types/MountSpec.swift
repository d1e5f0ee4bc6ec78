/// Something to be mounted into a container.
package struct MountSpec: Sendable, Equatable, Codable {
    /// `bind`, `volume`, `tmpfs`, or what newer daemons offer.
    package var type: String

    /// The path on the host, or the volume's name; none for `tmpfs`.
    package var source: String?

    /// The path inside.
    package var target: String

    /// Whether it cannot be written.
    package var isReadOnly: Bool?

    /// Not used on Linux.
    package var consistency: String?

    /// For `bind`.
    package var bindOptions: BindOptions?

    /// For `volume`.
    package var volumeOptions: VolumeOptions?

    /// For `tmpfs`.
    package var tmpfsOptions: TmpfsOptions?

    /// Makes a mount.
    package init(
        type: String,
        source: String? = nil,
        target: String,
        isReadOnly: Bool? = nil,
        consistency: String? = nil,
        bindOptions: BindOptions? = nil,
        volumeOptions: VolumeOptions? = nil,
        tmpfsOptions: TmpfsOptions? = nil
    ) {
        self.type = type
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
        self.consistency = consistency
        self.bindOptions = bindOptions
        self.volumeOptions = volumeOptions
        self.tmpfsOptions = tmpfsOptions
    }

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case source = "Source"
        case target = "Target"
        case isReadOnly = "ReadOnly"
        case consistency = "Consistency"
        case bindOptions = "BindOptions"
        case volumeOptions = "VolumeOptions"
        case tmpfsOptions = "TmpfsOptions"
    }
}

extension MountSpec {
    /// How a path of the host is mounted.
    package struct BindOptions: Sendable, Equatable, Codable {
        /// `rprivate`, `shared` and so on.
        package var propagation: String?

        /// Whether mounts below the source are left out.
        package var isNonRecursive: Bool?

        /// Whether a missing source is made; API 1.42.
        package var createsMountpoint: Bool?

        /// Whether mounts below a read-only source stay writable; API 1.44.
        package var isReadOnlyNonRecursive: Bool?

        /// Whether it fails where mounts below cannot be made read-only, too; API 1.44.
        package var isReadOnlyForceRecursive: Bool?

        /// Makes options.
        package init(
            propagation: String? = nil,
            isNonRecursive: Bool? = nil,
            createsMountpoint: Bool? = nil,
            isReadOnlyNonRecursive: Bool? = nil,
            isReadOnlyForceRecursive: Bool? = nil
        ) {
            self.propagation = propagation
            self.isNonRecursive = isNonRecursive
            self.createsMountpoint = createsMountpoint
            self.isReadOnlyNonRecursive = isReadOnlyNonRecursive
            self.isReadOnlyForceRecursive = isReadOnlyForceRecursive
        }

        private enum CodingKeys: String, CodingKey {
            case propagation = "Propagation"
            case isNonRecursive = "NonRecursive"
            case createsMountpoint = "CreateMountpoint"
            case isReadOnlyNonRecursive = "ReadOnlyNonRecursive"
            case isReadOnlyForceRecursive = "ReadOnlyForceRecursive"
        }
    }

    /// How a volume is made and mounted.
    package struct VolumeOptions: Sendable, Equatable, Codable {
        /// Whether the image's files are not copied into a new volume.
        package var isNoCopy: Bool?

        /// The labels of a new volume.
        package var labels: [String: String]?

        /// The driver of a new volume.
        package var driverConfig: VolumeDriverConfig?

        /// A folder in the volume to mount; API 1.45.
        package var subpath: String?

        /// Makes options.
        package init(
            isNoCopy: Bool? = nil,
            labels: [String: String]? = nil,
            driverConfig: VolumeDriverConfig? = nil,
            subpath: String? = nil
        ) {
            self.isNoCopy = isNoCopy
            self.labels = labels
            self.driverConfig = driverConfig
            self.subpath = subpath
        }

        private enum CodingKeys: String, CodingKey {
            case isNoCopy = "NoCopy"
            case labels = "Labels"
            case driverConfig = "DriverConfig"
            case subpath = "Subpath"
        }
    }

    /// How a memory file system is made.
    package struct TmpfsOptions: Sendable, Equatable, Codable {
        /// Its size.
        package var sizeBytes: Int64?

        /// The rights of its root, such as 0o1777.
        package var mode: Int?

        /// Makes options.
        package init(sizeBytes: Int64? = nil, mode: Int? = nil) {
            self.sizeBytes = sizeBytes
            self.mode = mode
        }

        private enum CodingKeys: String, CodingKey {
            case sizeBytes = "SizeBytes"
            case mode = "Mode"
        }
    }

    /// The driver of a volume.
    package struct VolumeDriverConfig: Sendable, Equatable, Codable {
        /// The driver's name.
        package var name: String?

        /// Its options.
        package var options: [String: String]?

        /// Makes options.
        package init(name: String? = nil, options: [String: String]? = nil) {
            self.name = name
            self.options = options
        }

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case options = "Options"
        }
    }
}
