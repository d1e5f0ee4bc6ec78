/// Which Docker this is.
package struct EngineVersion: Sendable, Equatable, Decodable {
    /// Docker's version, such as `27.3.1`.
    package let version: String

    /// The newest API it speaks.
    package let apiVersion: String?

    /// The oldest API it speaks.
    package let minimumAPIVersion: String?

    /// The operating system.
    package let os: String?

    /// The processor, such as `amd64`.
    package let architecture: String?

    /// The kernel.
    package let kernelVersion: String?

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minimumAPIVersion = "MinAPIVersion"
        case os = "Os"
        case architecture = "Arch"
        case kernelVersion = "KernelVersion"
    }
}
