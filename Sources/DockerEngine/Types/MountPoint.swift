/// Something that is mounted into a container.
public struct MountPoint: Sendable, Equatable, Decodable {
    /// `bind`, `volume`, `tmpfs` and so on.
    public let type: String?

    /// The volume's name.
    public let name: String?

    /// The path on the host.
    public let source: String?

    /// The path inside.
    public let destination: String?

    /// The volume's driver.
    public let driver: String?

    /// The options it was mounted with.
    public let mode: String?

    /// Whether it can be written.
    public let isWritable: Bool?

    /// How mounts below it spread.
    public let propagation: String?

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case name = "Name"
        case source = "Source"
        case destination = "Destination"
        case driver = "Driver"
        case mode = "Mode"
        case isWritable = "RW"
        case propagation = "Propagation"
    }
}
