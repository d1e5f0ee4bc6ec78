internal import Model

/// `deploy.update_config` and `deploy.rollback_config`.
extension ServiceBuilder {
    /// The policy of one of the two; `obstacle` is the reason against start-first.
    mutating func update(
        _ section: String,
        default base: UpdatePolicy,
        obstacle: StartFirst.Obstacle?
    ) -> UpdatePolicy {
        let value = service["deploy"]?[section]
        var policy = base
        if let parallelism = value?["parallelism"]?.integer {
            policy.parallelism = Int(parallelism)
        }
        if let delay = value?["delay"]?.duration { policy.delay = delay }
        if let monitor = value?["monitor"]?.duration { policy.monitor = monitor }
        if let ratio = value?["max_failure_ratio"]?.decimal { policy.maxFailureRatio = ratio }
        let action = value?["failure_action"]
        if let word = action?.string.flatMap(UpdatePolicy.FailureAction.init(rawValue:)) {
            policy.failureAction = word
            if section == "rollback_config", word == .rollback {
                let error = TextError("a rollback is not rolled back")
                    .with(remedy: "write pause or continue")
                report(error, "deploy.\(section).failure_action", at: action)
            }
        }
        let order = value?["order"]
        if let word = order?.string.flatMap(UpdatePolicy.Order.init(rawValue:)) {
            policy.order = word
            policy.orderReason = nil
        }
        guard let obstacle, policy.order == .startFirst else { return policy }
        if order != nil {
            guard obstacle.isForGood else { return policy }
            let error = TextError("start-first is impossible: \(obstacle.reason)")
                .with(remedy: "write stop-first")
            report(error, "deploy.\(section).order", at: order)
        }
        policy.order = .stopFirst
        policy.orderReason = obstacle.reason
        return policy
    }

    /// Whether the files say that several containers may write to what a mount shows.
    func isShared(_ source: Mount.Source) -> Bool {
        switch source {
        case .volume(let key, _):
            resources["volumes", key]?["x-berth"]?["shared"]?.boolean ?? false
        case .bind(let path, _): policy.sharedPaths.contains(where: path.isIn)
        case .anonymousVolume, .tmpfs: true
        }
    }

    func origins() -> [String: SourceLocation] {
        var origins: [String: SourceLocation] = [:]
        func add(_ name: String, _ value: ComposeValue) { origins[name] = value.origin.location }
        for (key, value) in service.value.map ?? OrderedMap() {
            add(key, value)
            for (inner, entry) in value.map ?? OrderedMap() { add("\(key).\(inner)", entry) }
            for (index, entry) in (value.list ?? []).enumerated() { add("\(key)[\(index)]", entry) }
        }
        for mount in service["volumes"]?.list ?? [] {
            guard let target = mount["target"]?.string else { continue }
            let volume = mount["source"]?.string.flatMap { resources["volumes", $0] }
            add("volumes.\(target)", volume?["name"] ?? mount)
        }
        if let replicas = service["scale"] ?? service["deploy"]?["replicas"] {
            add("replicas", replicas)
        }
        for (key, value) in file.settings.map ?? OrderedMap()
        where ["registry", "pull_policy"].contains(key) && origins[key] == nil {
            add(key, value)
        }
        return origins
    }
}

/// Whether the two containers of a slot can run side by side.
enum StartFirst {
    struct Obstacle {
        var reason: String
        /// Whether no `order` changes that; what the files declare shared, both may write to.
        var isForGood = true
    }

    static func obstacle(
        in container: ContainerSpec,
        isShared: (Mount.Source) -> Bool
    ) -> Obstacle? {
        switch container.network {
        case .host: return Obstacle(reason: "both would use the host's network and its ports")
        case .networks(let attachments):
            for network in attachments where network.ipv4Address ?? network.ipv6Address != nil {
                let reason = "both would need the fixed address on network \(network.network)"
                return Obstacle(reason: reason)
            }
            for network in attachments where network.macAddress != nil {
                let name = network.network
                return Obstacle(
                    reason: "both would need the fixed hardware address on network \(name)"
                )
            }
        case .bridge, .none: break
        }
        let writes = container.mounts.filter { !$0.readOnly }.compactMap { mount in
            reason(mount.source).map { Obstacle(reason: $0, isForGood: !isShared(mount.source)) }
        }
        return writes.first { $0.isForGood } ?? writes.first
    }

    private static func reason(_ source: Mount.Source) -> String? {
        switch source {
        case .volume(let key, _): "both would write to the volume \(key)"
        // Connecting to a socket is what several programs do at a time.
        case .bind(let path, _) where !path.hasSuffix(".sock"):
            "both would write to the host's \(path)"
        case .bind, .anonymousVolume, .tmpfs: nil
        }
    }
}
