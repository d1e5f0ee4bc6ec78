/// Networks, by ID or name.
extension EngineClient {
    /// Maps to `GET /networks`.
    ///
    /// - Parameter filters: What to narrow the list down to; `name` matches parts of names.
    /// - Returns: The networks, without their containers.
    /// - Throws: `EngineError`.
    package func listNetworks(
        filters: EngineFilters = [:]
    ) async throws(EngineError) -> [Network] {
        var call = EngineCall(.get, "/networks")
        try call.add(filters)
        return try await fetch(call)
    }

    /// Maps to `GET /networks/{id}`.
    ///
    /// - Parameter id: The network.
    /// - Returns: Everything about it.
    /// - Throws: `EngineError`; `notFound` if there is no such network.
    package func inspectNetwork(_ id: String) async throws(EngineError) -> Network {
        try await fetch(EngineCall(.get, "/networks/\(id)"))
    }

    /// Maps to `POST /networks/create`.
    ///
    /// - Parameter body: What it is made from.
    /// - Returns: Its ID.
    /// - Throws: `EngineError`; `conflict` if the name is taken, `forbidden` if its addresses
    ///   overlap with those of another.
    package func createNetwork(
        _ body: NetworkCreateBody
    ) async throws(EngineError) -> CreatedNetwork {
        var call = EngineCall(.post, "/networks/create", about: body.name)
        try call.setBody(body)
        return try await change(call)
    }

    /// Maps to `DELETE /networks/{id}`.
    ///
    /// - Parameter id: The network.
    /// - Throws: `EngineError`; `forbidden` if a container runs on it.
    package func removeNetwork(_ id: String) async throws(EngineError) {
        try await change(EngineCall(.delete, "/networks/\(id)"))
    }

    /// Maps to `POST /networks/{id}/connect`.
    ///
    /// - Parameters:
    ///   - id: The network.
    ///   - container: The container.
    ///   - settings: Its place there.
    /// - Throws: `EngineError`; `forbidden` if it is in it already.
    package func connectNetwork(
        _ id: String,
        container: String,
        _ settings: EndpointSettings = EndpointSettings()
    ) async throws(EngineError) {
        struct Body: Encodable {
            let container: String
            let settings: EndpointSettings

            enum CodingKeys: String, CodingKey {
                case container = "Container"
                case settings = "EndpointConfig"
            }
        }
        var call = EngineCall(.post, "/networks/\(id)/connect", about: container)
        try call.setBody(Body(container: container, settings: settings))
        try await change(call)
    }
}
