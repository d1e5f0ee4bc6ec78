/// Volumes, by name.
extension EngineClient {
    /// Maps to `GET /volumes`.
    ///
    /// - Parameter filters: What to narrow the list down to; `name` matches parts of names.
    /// - Returns: The volumes.
    /// - Throws: `EngineError`.
    package func listVolumes(filters: EngineFilters = [:]) async throws(EngineError) -> [Volume] {
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

    /// Maps to `POST /volumes/create`.
    ///
    /// A volume that exists under this name is returned as it is, unless its driver is another.
    ///
    /// - Parameter body: What it is made from.
    /// - Returns: The volume.
    /// - Throws: `EngineError`; `conflict` if the name is taken by one of another driver.
    package func createVolume(_ body: VolumeCreateBody) async throws(EngineError) -> Volume {
        var call = EngineCall(.post, "/volumes/create", about: body.name)
        try call.setBody(body)
        return try await change(call)
    }
}
