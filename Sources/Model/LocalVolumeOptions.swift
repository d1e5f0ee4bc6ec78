/// What Docker's driver `local` hands to mount(2), as it reads its options: byte by byte, so that a
/// comma counts whatever stands behind it (moby@b985e23, `volume/local/local_unix.go`).
package struct LocalVolumeOptions: Hashable, Sendable {
    /// The options that there are.
    package static let names: Set<String> = ["type", "o", "device", "size"]

    /// The file system; empty where none is said.
    package var type: String
    /// A path, a device or a share of the host's.
    package var device: String?
    /// What `o` says, word by word.
    package var words: [String]

    /// Reads options.
    package init(_ options: [String: String]) {
        type = options["type"] ?? ""
        device = options["device"]
        words = (options["o"] ?? "").utf8.split(separator: UInt8(ascii: ","))
            .map { String(Substring($0)) }
    }

    /// Whether a path of the host is mounted: the kernel looks at no type once it is told to bind.
    package var binds: Bool {
        ["", "none"].contains(type) || words.contains("bind") || words.contains("rbind")
    }

    /// Whether nothing can be changed through it; `ro` does not hold for what `rbind` mounts below.
    package var onlyReads: Bool {
        words.last { ["ro", "rw"].contains($0) } == "ro" && !words.contains("rbind")
    }
}
