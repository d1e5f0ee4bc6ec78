/// Which Docker this is.
public struct EngineVersion: Sendable, Equatable, Decodable {
    /// Docker's version, such as `27.3.1`.
    public let version: String

    /// The newest API it speaks.
    public let apiVersion: String?

    /// The oldest API it speaks.
    public let minimumAPIVersion: String?

    /// The operating system.
    public let os: String?

    /// The processor, such as `amd64`.
    public let architecture: String?

    /// The kernel.
    public let kernelVersion: String?

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minimumAPIVersion = "MinAPIVersion"
        case os = "Os"
        case architecture = "Arch"
        case kernelVersion = "KernelVersion"
    }
}
