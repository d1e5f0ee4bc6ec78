internal import Digests
internal import Model

/// From canonical forms to the desired state.
extension Resolver {
    /// Builds the state; nil where so much is missing that there is none.
    mutating func build() -> DesiredState? {
        guard file.root != nil else { return nil }
        var built: [Service] = []
        for index in services.indices {
            var builder = ServiceBuilder(services[index], in: self)
            let result = builder.build()
            problems.absorb(builder.problems)
            contents.merge(builder.contents) { first, _ in first }
            digests = builder.digests
            fileBudget = builder.fileBudget
            services[index].image = result?.image
            if let result { built.append(result) }
        }
        reportMissing(from: built)
        markJobs(&built)
        var checks = EnvironmentChecks(
            services: built,
            file: file,
            resources: resources,
            problems: problems
        )
        checks.run()
        problems = checks.problems
        let settings = file.settings
        let state = DesiredState(
            environment: file.name,
            revision: revision,
            isSuspended: settings["suspended"]?.boolean ?? false,
            prunes: settings["prune"]?.boolean ?? true,
            adoptedProject: file.adoptedProject?.string,
            mirrors: (settings["mirrors"]?.map ?? OrderedMap()).reduce(into: [:]) {
                $0[$1.key] = $1.value.strings
            },
            services: built,
            networks: networks(of: built),
            volumes: volumes(of: built),
            files: contents,
            grants: file.policy.grants,
            warnings: problems.sorted.filter { $0.severity == .warning }
        )
        var writers = WriterChecks(StorageUse.all(of: state, services), problems)
        writers.run(of: state)
        problems = writers.problems
        return state
    }

    /// A service that is listed and not built would be removed from the host without a reason.
    private mutating func reportMissing(from built: [Service]) {
        guard !problems.hasErrors else { return }
        let names = Set(built.map(\.name))
        for (name, _, location) in file.services where !names.contains(name) {
            let error = TextError("it is listed and cannot be built")
                .with(remedy: "report this as a bug, with the file")
            problems.report(error, at: location, field: "services.\(name)")
        }
    }

    /// A service that another one waits for to complete runs to its end.
    private mutating func markJobs(_ built: inout [Service]) {
        let jobs = Set(
            built.flatMap(\.dependencies).filter { $0.condition == .completed }.map(\.service)
        )
        for index in built.indices where jobs.contains(built[index].name) {
            built[index].isJob = true
            switch built[index].container.restart {
            case .no, .onFailure: continue
            case .always, .unlessStopped: break
            }
            let error = TextError("others wait for it to complete, and it is always restarted")
                .with(remedy: "write restart: no or on-failure")
            let place = built[index].origins["restart"] ?? built[index].location
            problems.report(error, at: place, field: "services.\(built[index].name).restart")
        }
    }

    private func networks(of built: [Service]) -> [String: Network] {
        var keys: Set<String> = ["default"]
        for service in built {
            guard case .networks(let attachments) = service.container.network else { continue }
            keys.formUnion(attachments.map(\.network))
        }
        return Dictionary(
            uniqueKeysWithValues: keys.map { key in
                (key, Self.network(key, resources["networks", key]))
            }
        )
    }

    private func volumes(of built: [Service]) -> [String: Volume] {
        var volumes: [String: Volume] = [:]
        for mount in built.flatMap(\.container.mounts) {
            guard case .volume(let key, _) = mount.source else { continue }
            volumes[key] = Self.volume(key, resources["volumes", key])
        }
        return volumes
    }

    static func network(_ key: String, _ value: ComposeValue?) -> Network {
        let subnets = value?["ipam"]?["config"]?.list ?? []
        return Network(
            key: key,
            name: name(of: value, key),
            isExternal: value?.isExternal ?? false,
            driver: value?["driver"]?.string,
            driverOptions: value?["driver_opts"]?.texts ?? [:],
            isInternal: value?["internal"]?.boolean ?? false,
            isAttachable: value?["attachable"]?.boolean ?? false,
            enablesIPv6: value?["enable_ipv6"]?.boolean ?? false,
            subnets: subnets.compactMap { pool in
                pool["subnet"]?.string.map {
                    Network.Subnet(
                        subnet: $0,
                        gateway: pool["gateway"]?.string,
                        range: pool["ip_range"]?.string
                    )
                }
            },
            labels: value?["labels"]?.texts ?? [:]
        )
    }

    private static func volume(_ key: String, _ value: ComposeValue?) -> Volume {
        Volume(
            key: key,
            name: name(of: value, key),
            isExternal: value?.isExternal ?? false,
            driver: value?["driver"]?.string,
            driverOptions: value?["driver_opts"]?.texts ?? [:],
            labels: value?["labels"]?.texts ?? [:],
            isShared: value?["x-berth"]?["shared"]?.boolean ?? false
        )
    }

    /// The name in Docker; an external object has its key for a name unless it states another.
    private static func name(of value: ComposeValue?, _ key: String) -> String? {
        value?["name"]?.string ?? value?["external"]?["name"]?.string
            ?? (value?.isExternal == true ? key : nil)
    }
}
