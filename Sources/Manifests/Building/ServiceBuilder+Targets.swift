internal import Model

/// Where things are mounted, all kinds of them together: Docker takes one mount for each path.
extension ServiceBuilder {
    private struct Target {
        var path: String
        var key: String
        var value: ComposeValue
        /// Whether a folder is mounted there, whatever it is called.
        var isFolder: Bool
    }

    /// Reports targets that two mounts share, or that no mount can have.
    mutating func checkTargets(on network: NetworkMode) {
        var taken: [String: String] = [:]
        for target in targets() {
            if let error = problem(of: target, on: network) {
                report(error, target.key, at: target.value)
            }
            guard let other = taken.updateValue(target.key, forKey: target.path) else { continue }
            // Two of `volumes` were reported when the list was read.
            guard !target.key.hasPrefix("volumes") || !other.hasPrefix("volumes") else { continue }
            let error = TextError("\(target.path) is mounted twice, by \(other), too")
                .with(remedy: "remove one")
            report(error, target.key, at: target.value)
        }
    }

    private func targets() -> [Target] {
        var targets: [Target] = []
        func add(_ section: String, _ target: (ComposeValue) -> (String?, isFolder: Bool)) {
            for (index, value) in (service[section]?.list ?? []).enumerated() {
                let (path, isFolder) = target(value)
                guard let path else { continue }
                let key = "\(section)[\(index)]"
                targets.append(Target(path: path, key: key, value: value, isFolder: isFolder))
            }
        }
        add("volumes") { ($0["target"]?.string, isFolder: $0["type"]?.string != "bind") }
        add("tmpfs") { ($0.string.flatMap { try? TmpfsText($0) }?.target, isFolder: true) }
        for section in ["configs", "secrets"] {
            add(section) { value in
                let text = value["target"]?.string ?? value["source"]?.string
                return (text.map { target($0, isSecret: section == "secrets") }, isFolder: false)
            }
        }
        return targets
    }

    private func problem(of target: Target, on network: NetworkMode) -> TextError? {
        if target.path == "/" {
            return TextError("nothing can be mounted on /", remedy: "mount on a folder below it")
        }
        if PathText.isInside(target.path, of: "/proc"), !Self.files.contains(target.path) {
            return TextError(
                "nothing can be mounted on \(target.path), which belongs to the kernel",
                remedy: "mount it elsewhere"
            )
        }
        if target.path == "/etc/hosts", case .networks = network {
            return TextError("Berth mounts /etc/hosts itself, with the names of other services")
                .with(remedy: "write extra_hosts")
        }
        if target.isFolder, Self.own.contains(target.path) {
            return TextError("\(target.path) is a file", remedy: "mount a file there, or nothing")
        }
        return nil
    }

    /// What Docker writes for each container; a file of one's own takes its place.
    private static let own = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"]

    /// What runc lets be covered (opencontainers/runc, `rootfs_linux.go`, `checkProcMount`).
    private static let files: Set<String> = [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps",
        "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev",
        "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled",
    ]
}
