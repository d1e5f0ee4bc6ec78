internal import DockerEngine
internal import Model
internal import Planning

/// What Docker was to make against what it says it has, field by field, in Compose's words.
///
/// Environment variables and everything that may hold a secret are named, never shown.
struct FieldComparison {
    let desired: ContainerCreateBody
    let actual: ContainerDetails
    /// What the image gives where the container says nothing.
    let image: ContainerConfig?

    var differences: [FieldDifference] {
        config + environment + labels + limits
    }

    private func row(_ field: String, _ desired: String?, _ actual: String?) -> [FieldDifference] {
        guard let desired, desired != (actual ?? "") else { return [] }
        return [FieldDifference(field: field, desired: desired, actual: actual ?? "")]
    }

    private var config: [FieldDifference] {
        let want = desired.config
        let have = actual.config
        let words = { (list: [String]?) in list?.joined(separator: " ") }
        return row("command", words(want.cmd), words(have.cmd))
            + row("entrypoint", words(want.entrypoint), words(have.entrypoint))
            + row("user", want.user, have.user)
            + row("working_dir", want.workingDir, have.workingDir)
            + row("hostname", want.hostname, have.hostname)
            + row("stop_signal", want.stopSignal, have.stopSignal)
            + row(
                "stop_grace_period",
                want.stopTimeout.map { "\($0)s" },
                have.stopTimeout.map { "\($0)s" }
            )
            + row("healthcheck.test", words(want.healthcheck?.test), words(have.healthcheck?.test))
    }

    private var environment: [FieldDifference] {
        let want = Self.pairs(desired.config.env)
        let have = Self.pairs(actual.config.env)
        let given = Self.pairs(image?.env)
        let names = Set(want.keys).union(have.keys).sorted()
        return names.compactMap { name in
            // A name without a value takes the image's variable away.
            let wanted = want[name] ?? given[name] ?? nil
            let actual = have[name] ?? nil
            guard wanted != actual else { return nil }
            return FieldDifference(
                field: "environment.\(name)",
                desired: wanted == nil ? "not set" : "set",
                actual: actual == nil ? "not set" : "set to another value"
            )
        }
    }

    /// Only the user's: Berth's own say which commit a container was made for, and may differ.
    private var labels: [FieldDifference] {
        let want = desired.config.labels ?? [:]
        let have = actual.config.labels ?? [:]
        return want.sorted { $0.key < $1.key }
            .filter { !$0.key.hasPrefix("berth.") && have[$0.key] != $0.value }
            .map { key, value in
                FieldDifference(
                    field: "labels.\(key)",
                    desired: value,
                    actual: have[key] ?? "not set"
                )
            }
    }

    /// What `docker update` can change while a container runs.
    private var limits: [FieldDifference] {
        let want = desired.hostConfig
        let have = actual.hostConfig
        let number = { (value: Int64?) in "\(value ?? 0)" }
        return row("restart", want.restartPolicy?.name, have.restartPolicy?.name)
            + row("cpus", number(want.nanoCpus), number(have.nanoCpus))
            + row("mem_limit", number(want.memory), number(have.memory))
            + row(
                "mem_reservation",
                number(want.memoryReservation),
                number(have.memoryReservation)
            )
            + row("cpu_shares", number(want.cpuShares), number(have.cpuShares))
            + row("cpuset", want.cpusetCpus ?? "", have.cpusetCpus)
    }

    /// Names with their values; nil for a name that stands alone.
    private static func pairs(_ list: [String]?) -> [String: String?] {
        Dictionary(
            (list ?? []).map { entry in
                let parts = entry.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
            },
            uniquingKeysWith: { $1 }
        )
    }
}
