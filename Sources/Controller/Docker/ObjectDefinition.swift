internal import DockerEngine
internal import Model
internal import Planning

/// How volumes and networks of Berth's differ from their definition.
enum ObjectDefinition {
    /// Options whose value is shown; others may be passwords.
    private static let plainOptions: Set<String> = ["type", "device"]

    /// What of a volume is not as the manifest says; `device` is where a bound path really is.
    static func differences(
        _ volume: Model.Volume,
        _ found: DockerEngine.Volume,
        device: String?
    ) -> [FieldDifference] {
        let field = "volumes.\(volume.key)"
        let drivers = (volume.driver ?? "local", found.driver ?? "local")
        var rows: [FieldDifference] = []
        if drivers.0 != drivers.1 {
            rows.append(.init(field: "\(field).driver", desired: drivers.0, actual: drivers.1))
        }
        let want = volume.driverOptions
        let have = found.options ?? [:]
        for name in Set(want.keys).union(have.keys).sorted() where want[name] != have[name] {
            if name == "device", let device, have[name] == device { continue }
            let isPlain = plainOptions.contains(name)
            rows.append(
                FieldDifference(
                    field: "\(field).driver_opts.\(name)",
                    desired: want[name].map { isPlain ? $0 : "set" } ?? "not set",
                    actual: have[name].map { isPlain ? $0 : "set to another value" } ?? "not set"
                )
            )
        }
        return rows
    }
}
