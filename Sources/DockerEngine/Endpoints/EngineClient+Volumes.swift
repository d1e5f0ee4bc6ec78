/// Volumes, by name.
extension EngineClient {
    /// Maps to `GET /volumes`.
    ///
    /// - Parameter filters: What to narrow the list down to; `name` matches parts of names.
    /// - Returns: The volumes.
    /// - Throws: `EngineError`.
    public func listVolumes(filters: EngineFilters = [:]) async throws(EngineError) -> [Volume] {
        struct Answer: Decodable {
            let volumes: [Volume]?

            enum CodingKeys: String, CodingKey {
                case volumes = "Volumes"
            }
        }
        var call = EngineCall(.get, "/volumes")
        try call.add(filters)
        return try await fetch(call, as: Answer.self).volumes ?? []
    }

    /// Maps to `GET /volumes/{name}`.
    ///
    /// - Parameter name: The volume.
    /// - Returns: Everything about it.
    /// - Throws: `EngineError`; `notFound` if there is no such volume.
    public func inspectVolume(_ name: String) async throws(EngineError) -> Volume {
        try await fetch(EngineCall(.get, "/volumes/\(name)"))
    }

    /// Maps to `POST /volumes/create`.
    ///
    /// A volume that exists under this name is returned as it is, unless its driver is another.
    ///
    /// - Parameter body: What it is made from.
    /// - Returns: The volume.
    /// - Throws: `EngineError`; `conflict` if the name is taken by one of another driver.
    public func createVolume(_ body: VolumeCreateBody) async throws(EngineError) -> Volume {
        var call = EngineCall(.post, "/volumes/create", about: body.name)
        try call.setBody(body)
        return try await change(call)
    }

    /// Maps to `DELETE /volumes/{name}`.
    ///
    /// - Parameters:
    ///   - name: The volume.
    ///   - force: Whether one that is gone is no error.
    /// - Throws: `EngineError`; `conflict` while a container uses it.
    public func removeVolume(
        _ name: String,
        force: Bool = false
    ) async throws(EngineError) {
        var call = EngineCall(.delete, "/volumes/\(name)")
        if force { call.add("force", "1") }
        try await change(call)
    }
}
