internal import Model

/// What reaches beyond the container, and whether the policy lets it.
extension ServiceBuilder {
    /// Fills in privileges, capabilities, devices and namespaces.
    mutating func secure(_ spec: inout ContainerSpec) {
        spec.privileged = service["privileged"]?.boolean ?? false
        spec.addedCapabilities = service["cap_add"]?.strings ?? []
        spec.droppedCapabilities = service["cap_drop"]?.strings ?? []
        spec.securityOptions = service["security_opt"]?.strings ?? []
        spec.ipcMode = service["ipc"]?.string
        spec.pidMode = service["pid"]?.string
        spec.userNamespaceMode = service["userns_mode"]?.string
        let devices = service["devices"]?.list ?? []
        spec.devices = devices.map { device in
            let source = device["source"]?.string ?? ""
            let permissions = device["permissions"]?.string ?? "rwm"
            return "\(source):\(device["target"]?.string ?? source):\(permissions)"
        }
        if spec.privileged { require(policy.privileged, "privileged", "privileged") }
        if service["network_mode"]?.string == "host" {
            require(policy.hostNetwork, "network_mode", "host_network")
        }
        for key in ["ipc", "pid", "userns_mode"] where service[key]?.string == "host" {
            require(policy.hostNamespaces, key, "host_namespaces")
        }
        for value in service["security_opt"]?.list ?? [] {
            guard let option = value.string, Self.unconfines(option) else { continue }
            guard !policy.unconfined.contains(service.name) else { continue }
            refuse("\(option) takes protection away", "security_opt", "unconfined", value)
        }
        for value in service["cap_add"]?.list ?? [] {
            guard let name = value.string.map(Policy.capability) else { continue }
            guard !policy.capabilities.contains(name) else { continue }
            refuse("the capability \(name) is not granted", "cap_add", "capabilities", value, name)
        }
        for device in devices {
            guard let source = device["source"]?.string, !policy.devices.contains(source) else {
                continue
            }
            refuse("the device \(source) is not granted", "devices", "devices", device, source)
        }
    }

    /// Reports a path of the host that the policy does not list.
    mutating func requireHostPath(
        _ path: String,
        readOnly: Bool,
        _ key: String,
        at value: ComposeValue
    ) {
        guard path.hasPrefix("/") else {
            report(TextError("\(path.quoted) is not an absolute path"), key, at: value)
            return
        }
        guard !policy.allows(path: path, readOnly: readOnly) else { return }
        let entry = readOnly ? "\(PathText.cleaned(path)):ro" : PathText.cleaned(path)
        refuse("the host's \(path) is not granted", key, "host_paths", value, entry)
    }

    private mutating func require(_ services: Set<String>, _ key: String, _ policyKey: String) {
        guard !services.contains(service.name), let value = service[key] else { return }
        let text = value.string.map { "\(key): \($0)" } ?? key
        refuse("\(text) is not granted", key, policyKey, value)
    }

    private mutating func refuse(
        _ message: String,
        _ key: String,
        _ policyKey: String,
        _ value: ComposeValue,
        _ entry: String? = nil
    ) {
        let name = entry ?? service.name
        problems.wants(name, in: policyKey)
        let remedy = "remove it, or add \(name) to policy.\(policyKey) in \(file.path)"
        report(TextError(message, remedy: remedy), key, at: value)
    }

    private static func unconfines(_ option: String) -> Bool {
        let words = option.lowercased().split { ":=".contains($0) }
        return words.contains("unconfined") || words.contains("disable")
            || words.first == "no-new-privileges" && words.contains("false")
    }
}
