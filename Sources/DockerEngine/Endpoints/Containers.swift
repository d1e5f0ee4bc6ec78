/// Containers, by ID, name, or the start of an ID.
extension EngineClient {
    /// `GET /containers/json`, the newest first.
    ///
    /// `all`: whether those that do not run are listed, too.
    package func listContainers(
        all: Bool = true,
        filters: EngineFilters = [:]
    ) async throws(EngineError) -> [ContainerSummary] {
        var call = EngineCall(.get, "/containers/json")
        if all { call.add("all", "1") }
        try call.add(filters)
        return try await fetch(call)
    }

    /// `GET /containers/{id}/json`.
    ///
    /// Fails with `notFound` if there is none.
    package func inspectContainer(_ id: String) async throws(EngineError) -> ContainerDetails {
        var details: ContainerDetails = try await fetch(
            EngineCall(.get, "/containers/\(id)/json")
        )
        if details.name.hasPrefix("/") { details.name.removeFirst() }
        return details
    }

    /// `POST /containers/{id}/start`; does nothing if it runs.
    ///
    /// Fails with `server` if its command cannot be run or a port is in use.
    package func startContainer(_ id: String) async throws(EngineError) {
        try await perform(EngineCall(.post, "/containers/\(id)/start"))
    }

    /// `POST /containers/{id}/stop`; does nothing if it does not run.
    ///
    /// `grace`: seconds until it is killed.
    package func stopContainer(_ id: String, grace: Int) async throws(EngineError) {
        var call = EngineCall(.post, "/containers/\(id)/stop")
        call.add("t", String(grace))
        call.timeout = timeouts.change + .seconds(grace)
        call.isLong = true
        try await perform(call)
    }

    /// `POST /containers/{id}/unpause`.
    ///
    /// Fails with `server` if it is not paused.
    package func unpauseContainer(_ id: String) async throws(EngineError) {
        try await perform(EngineCall(.post, "/containers/\(id)/unpause"))
    }

    /// `POST /containers/{id}/rename`.
    ///
    /// Fails with `conflict` if the name is in use, `badParameter` if it is its own.
    package func renameContainer(_ id: String, to name: String) async throws(EngineError) {
        var call = EngineCall(.post, "/containers/\(id)/rename", about: name)
        call.add("name", name)
        try await perform(call)
    }

    /// `POST /containers/{id}/update`.
    package func updateContainer(
        _ id: String,
        restartPolicy: RestartPolicy
    ) async throws(EngineError) {
        struct Body: Encodable {
            let restartPolicy: RestartPolicy
        }
        var call = EngineCall(.post, "/containers/\(id)/update")
        call.body = try call.encode(Body(restartPolicy: restartPolicy))
        try await perform(call)
    }

    /// `DELETE /containers/{id}`.
    ///
    /// `volumes`: whether its anonymous volumes are removed with it.
    /// Fails with `conflict` if it runs, or is being removed.
    package func removeContainer(_ id: String, volumes: Bool = false) async throws(EngineError) {
        var call = EngineCall(.delete, "/containers/\(id)")
        if volumes { call.add("v", "1") }
        try await perform(call)
    }
}
