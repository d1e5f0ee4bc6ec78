/// A device of the host that a container may use; no part has a colon.
package struct Device: Hashable, Sendable {
    /// The path on the host.
    package var source: String
    /// The path inside the container.
    package var target: String
    /// Of `r`, `w` and `m`.
    package var permissions: String

    /// Names a device; it has the same path inside unless another is given.
    package init(_ source: String, target: String? = nil, permissions: String = "rwm") {
        self.source = source
        self.target = target ?? source
        self.permissions = permissions
    }
}

extension Device: Encodable {
    /// Writes `source:target:permissions`, by which a spec's digest stays what it was.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(source):\(target):\(permissions)")
    }
}
