/// Something that is mounted into a container.
package struct MountPoint: Sendable, Equatable, Decodable {
    /// `bind`, `volume`, `tmpfs` and so on.
    package let type: String?

    /// The volume's name.
    package let name: String?

    /// The path on the host.
    package let source: String?

    /// The path inside.
    package let destination: String?

    /// The volume's driver.
    package let driver: String?

    /// The options it was mounted with.
    package let mode: String?

    /// Whether it can be written.
    package let isWritable: Bool?

    /// How mounts below it spread.
    package let propagation: String?

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
