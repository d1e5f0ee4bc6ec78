/// What Docker's driver `local` mounts where it is told to mount something else than a folder of
/// its own: it hands a volume's options to mount(2).
package struct VolumeDevice: Hashable, Sendable {
    /// What is mounted.
    package var place: StoragePlace
    /// Whether it is mounted for reading only.
    package var isReadOnly: Bool
    /// Whether it is a path of the host, and not a file system of its own.
    package var isBind: Bool

    private static let shares: Set<String> = ["nfs", "nfs4", "cifs", "smb3"]

    /// Reads a volume's options; nil for a folder of Docker's own, memory, and other drivers.
    package init?(driver: String?, options: [String: String]) {
        let local = LocalVolumeOptions(options)
        guard ["local", ""].contains(driver ?? ""), let device = local.device else { return nil }
        let isPath = device.utf8.first == UInt8(ascii: "/")
        isReadOnly = local.onlyReads
        isBind = isPath && local.binds
        if Self.shares.contains(local.type), !isBind {
            guard let share = Self.share(device, local.words) else { return nil }
            place = share
        } else if isPath {
            place = .path(Self.trimmed(device[...]))
        } else {
            return nil
        }
    }

    /// Reads `//server/share`, `server:/path`, `[2001:db8::1]:/path`, or `:/path` whose server is
    /// in the options.
    private static func share(_ device: String, _ words: [String]) -> StoragePlace? {
        let text = device.replacing("\\", with: "/")
        let address = words.lazy.compactMap { word -> String? in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 && ["addr", "ip"].contains(parts[0]) ? parts[1] : nil
        }.first
        var server: Substring
        let path: Substring
        if text.hasPrefix("//") {
            let rest = text.dropFirst(2)
            server = rest.prefix { $0 != "/" }
            path = rest.dropFirst(server.count)
        } else {
            guard let colon = text.firstRange(of: ":/") else { return nil }
            server = text[..<colon.lowerBound]
            path = text[colon.lowerBound...].dropFirst()
        }
        if server.isEmpty { server = Substring(address ?? "") }
        return .share(server: server.lowercased(), path: trimmed(path))
    }

    private static func trimmed(_ path: Substring) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return path.isEmpty ? "/" : String(path)
    }
}

extension Volume {
    /// What a volume of the environment's own mounts; nil for a folder of Docker's.
    package var device: VolumeDevice? {
        isExternal ? nil : VolumeDevice(driver: driver, options: driverOptions)
    }
}
