internal import Model

/// What reaches beyond the container, and whether the policy lets it.
extension ServiceBuilder {
    mutating func secure(_ spec: inout ContainerSpec) {
        spec.privileged = service["privileged"]?.boolean ?? false
        spec.addedCapabilities = service["cap_add"]?.strings ?? []
        spec.droppedCapabilities = service["cap_drop"]?.strings ?? []
        spec.securityOptions = service["security_opt"]?.strings ?? []
        spec.ipcMode = service["ipc"]?.string
        spec.pidMode = service["pid"]?.string
        spec.userNamespaceMode = service["userns_mode"]?.string
        spec.devices = devices()
        if spec.privileged { require(policy.privileged, "privileged", "privileged") }
        if service["network_mode"]?.string == "host" {
            require(policy.hostNetwork, "network_mode", "host_network")
        }
        for key in ["ipc", "pid", "userns_mode"] where service[key]?.string == "host" {
            require(policy.hostNamespaces, key, "host_namespaces")
        }
        if let runtime = service["runtime"]?.string, !Self.ownRuntimes.contains(runtime) {
            require(policy.unconfined, "runtime", "unconfined")
        }
        for (name, value) in service["annotations"]?.map ?? OrderedMap()
        where !Self.isNote(name) && !policy.unconfined.contains(service.name) {
            let message = "the annotation \(name.quoted) may change what the runtime does"
            refuse(message, "annotations.\(name)", "unconfined", value)
        }
        if service["cgroup_parent"] != nil {
            require(policy.hostNamespaces, "cgroup_parent", "host_namespaces")
        }
        for value in service["security_opt"]?.list ?? [] {
            guard let option = value.string, !Self.confining.contains(option) else { continue }
            guard !policy.unconfined.contains(service.name) else { continue }
            let message = "the option \(option.quoted) may remove protection"
            refuse(message, "security_opt", "unconfined", value)
        }
        for value in service["cap_add"]?.list ?? [] {
            guard let name = value.string.map(CapabilityText.name) else { continue }
            guard !policy.allows(capability: name) else { continue }
            refuse("the capability \(name) is not granted", "cap_add", "capabilities", value, name)
        }
    }

    private mutating func devices() -> [Device] {
        (service["devices"]?.list ?? []).compactMap { value in
            guard let source = value["source"]?.string else { return nil }
            guard source.utf8.first == UInt8(ascii: "/") else {
                let error = TextError("\(source.quoted) is not an absolute path")
                    .with(remedy: "write one, as /dev/fuse")
                report(error, "devices", at: value)
                return nil
            }
            guard policy.devices.contains(source) else {
                let message = "the device \(source) is not granted"
                refuse(message, "devices", "devices", value, source)
                return nil
            }
            return Device(
                source,
                target: value["target"]?.string,
                permissions: value["permissions"]?.string ?? "rwm"
            )
        }
    }

    mutating func requireHostPath(
        _ path: String,
        readOnly: Bool,
        _ key: String,
        at value: ComposeValue
    ) {
        let place = value.origin.location ?? service.location
        let field = service.field(key)
        problems.requireHostPath(path, readOnly: readOnly, of: file, at: place, field: field)
    }

    private mutating func require(_ services: Set<String>, _ key: String, _ policyKey: String) {
        guard !services.contains(service.name), let value = service[key] else { return }
        let text = value.string.map { "\(key): \($0)" } ?? key
        refuse("\(text) is not granted", key, policyKey, value)
    }

    /// Reports what the policy does not grant to the service, or in that entry.
    mutating func refuse(
        _ message: String,
        _ key: String,
        _ policyKey: String,
        _ value: ComposeValue,
        _ entry: String? = nil
    ) {
        problems.refuse(
            message,
            entry: entry ?? service.name,
            in: policyKey,
            of: file,
            at: value.origin.location ?? service.location,
            field: service.field(key)
        )
    }

    /// The options that only ever take rights away; what any other does depends on its profile.
    private static let confining: Set<String> = [
        "no-new-privileges", "no-new-privileges:true", "no-new-privileges=true",
    ]

    /// Whether no runtime obeys an annotation of that name.
    ///
    /// Runtimes obey names with a domain (`org.systemd.property.…`, `run.oci.…`,
    /// `io.katacontainers.…`), and each its own; of these only the image's are known to be notes.
    private static func isNote(_ name: String) -> Bool {
        name.hasPrefix("org.opencontainers.image.") || !name.contains { "./".contains($0) }
    }

    /// The runtime that Docker brings along, by both its names.
    private static let ownRuntimes: Set<String> = ["runc", "io.containerd.runc.v2"]
}
