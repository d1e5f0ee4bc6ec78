/// Containers, by ID, name, or the start of an ID.
extension EngineClient {
    /// Maps to `GET /containers/json`.
    ///
    /// - Parameters:
    ///   - all: Whether containers that do not run are listed too.
    ///   - filters: What to narrow the list down to, such as `.labels([…])`.
    /// - Returns: The containers, the newest first.
    /// - Throws: `EngineError`.
    package func listContainers(
        all: Bool = true,
        filters: EngineFilters = [:]
    ) async throws(EngineError) -> [ContainerSummary] {
        var call = EngineCall(.get, "/containers/json")
        if all { call.add("all", "1") }
        try call.add(filters)
        return try await fetch(call)
    }

    /// Maps to `GET /containers/{id}/json`.
    ///
    /// - Parameter id: The container.
    /// - Returns: Everything about it.
    /// - Throws: `EngineError`; `notFound` if it is gone.
    package func inspectContainer(_ id: String) async throws(EngineError) -> ContainerDetails {
        try await fetch(EngineCall(.get, "/containers/\(id)/json"))
    }

    /// Maps to `POST /containers/create`.
    ///
    /// What the daemon's version does not know, and would ignore without a word, is refused.
    ///
    /// - Parameters:
    ///   - name: The new container's name.
    ///   - platform: The platform of the image to take, such as `linux/arm64`; nil for the host's.
    ///   - body: What it is made from.
    /// - Returns: Its ID, and warnings.
    /// - Throws: `EngineError`; `notFound` if the image is not there, `conflict` if the name is
    ///   taken, `unsupportedVersion` for a field that is newer than the daemon.
    package func createContainer(
        named name: String,
        platform: String? = nil,
        _ body: ContainerCreateBody
    ) async throws(EngineError) -> CreatedContainer {
        var call = EngineCall(.post, "/containers/create", about: name)
        call.add("name", name)
        call.add("platform", platform)
        for (feature, version) in body.demands {
            try await require(version, for: feature, call)
        }
        try call.setBody(body)
        return try await change(call)
    }

    /// Maps to `POST /containers/{id}/start`; done already is done.
    ///
    /// - Parameter id: The container.
    /// - Throws: `EngineError`; `server` if its command cannot be run or a port is taken.
    package func startContainer(_ id: String) async throws(EngineError) {
        try await change(EngineCall(.post, "/containers/\(id)/start"))
    }

    /// Maps to `POST /containers/{id}/stop`; done already is done.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - signal: The signal to send first; nil for the container's own. API 1.42.
    ///   - grace: Seconds until it is killed; nil for the container's own.
    /// - Throws: `EngineError`; `unsupportedVersion` for a signal on an older daemon.
    package func stopContainer(
        _ id: String,
        signal: String? = nil,
        grace: Int? = nil
    ) async throws(EngineError) {
        var call = EngineCall(.post, "/containers/\(id)/stop")
        if signal != nil {
            try await require(APIVersion(1, 42), for: "a signal of its own", call)
        }
        call.add("signal", signal)
        call.add("t", grace.map(String.init))
        // The container's own grace period is not known here; ten minutes are over any sensible
        // one.
        let timeout = timeouts.change + .seconds(grace ?? 600)
        let manner = Manner(timeout: timeout, isLasting: true, accepted: [304])
        try await perform(call, manner) { _ in }
    }

    /// Maps to `POST /containers/{id}/unpause`.
    ///
    /// - Parameter id: The container.
    /// - Throws: `EngineError`; `server` if it is not paused.
    package func unpauseContainer(_ id: String) async throws(EngineError) {
        try await change(EngineCall(.post, "/containers/\(id)/unpause"))
    }

    /// Maps to `POST /containers/{id}/rename`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - name: Its new name.
    /// - Throws: `EngineError`; `conflict` if the name is taken, `badParameter` if it is its own.
    package func renameContainer(_ id: String, to name: String) async throws(EngineError) {
        var call = EngineCall(.post, "/containers/\(id)/rename", about: name)
        call.add("name", name)
        try await change(call)
    }

    /// Maps to `POST /containers/{id}/update`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - restartPolicy: When Docker starts it again from now on.
    /// - Throws: `EngineError`; `notFound` if it is gone.
    package func updateContainer(
        _ id: String,
        restartPolicy: RestartPolicy
    ) async throws(EngineError) {
        var call = EngineCall(.post, "/containers/\(id)/update")
        try call.setBody(ContainerUpdateBody(restartPolicy: restartPolicy))
        try await change(call)
    }

    /// Maps to `DELETE /containers/{id}`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - force: Whether it is killed if it runs.
    ///   - volumes: Whether its anonymous volumes go with it.
    /// - Throws: `EngineError`; `conflict` if it runs, or is being removed already.
    package func removeContainer(
        _ id: String,
        force: Bool = false,
        volumes: Bool = false
    ) async throws(EngineError) {
        var call = EngineCall(.delete, "/containers/\(id)")
        if force { call.add("force", "1") }
        if volumes { call.add("v", "1") }
        try await change(call)
    }
}

extension EngineClient {
    /// Refuses what the daemon's version would ignore without a word.
    func require(
        _ version: APIVersion,
        for feature: String,
        _ call: EngineCall
    ) async throws(EngineError) {
        let spoken = try await apiVersion()
        guard spoken < version else { return }
        throw EngineError(
            .unsupportedVersion,
            call.operation,
            "\(feature) needs API \(version), and this daemon speaks \(spoken); "
                + "update Docker or leave it out"
        )
    }
}

extension ContainerCreateBody {
    /// What older daemons take no notice of, and since which version it is known.
    var demands: [(feature: String, version: APIVersion)] {
        let mounts = hostConfig.mounts ?? []
        let isRecursionSet = mounts.contains { mount in
            mount.bindOptions?.isReadOnlyNonRecursive == true
                || mount.bindOptions?.isReadOnlyForceRecursive == true
        }
        let demands: [(String, APIVersion, Bool)] = [
            ("annotations", APIVersion(1, 43), hostConfig.annotations != nil),
            (
                "the health check's start interval", APIVersion(1, 44),
                (config.healthCheck?.startInterval ?? 0) != 0
            ),
            ("what is read-only below a mount", APIVersion(1, 44), isRecursionSet),
            (
                "a volume's subpath", APIVersion(1, 45),
                mounts.contains { $0.volumeOptions?.subpath != nil }
            ),
            (
                "the priority of a network's gateway", APIVersion(1, 48),
                networks.values.contains { $0.gwPriority != nil }
            ),
            ("settings of several networks at once", APIVersion(1, 44), networks.count > 1),
        ]
        return demands.filter(\.2).map { ($0.0, $0.1) }
    }
}
