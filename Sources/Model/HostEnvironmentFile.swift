/// A file of variables on the host (Compose `env_file` with an absolute path), read when a
/// container is made.
///
/// Its variables come below those of `ContainerSpec.environment`, and a later file's above an
/// earlier one's.
package struct HostEnvironmentFile: Hashable, Sendable, Encodable {
    /// The absolute path on the host.
    package var path: String
    /// Whether it is an error when the file is not there.
    package var isRequired: Bool
    /// Takes every line as `KEY=value`, verbatim (`format: raw`).
    package var isRaw: Bool

    /// Names a file; the defaults are Compose's.
    package init(path: String, isRequired: Bool = true, isRaw: Bool = false) {
        self.path = path
        self.isRequired = isRequired
        self.isRaw = isRaw
    }
}
