/// Volumes, by name.
extension EngineClient {
    /// `GET /volumes`.
    package func listVolumes() async throws(EngineError) -> [Volume] {
        struct Answer: Decodable {
            let volumes: [Volume]
        }
        return try await fetch(EngineCall(.get, "/volumes"), as: Answer.self).volumes
    }

    /// `POST /volumes/create`; does nothing if the volume exists with the same driver.
    ///
    /// Fails with `conflict` if one of another driver has the name.
    package func createVolume(_ body: VolumeCreateBody) async throws(EngineError) {
        var call = EngineCall(.post, "/volumes/create", about: body.name)
        call.body = try call.encode(body)
        try await perform(call)
    }
}

package struct Volume: Sendable, Equatable, Decodable {
    package let name: String
    package let driver: String?

    /// Its path on the host.
    package let mountpoint: String?

    /// Of its driver.
    package let options: [String: String]?
    package let labels: [String: String]?
}

package struct VolumeCreateBody: Sendable, Equatable, Encodable {
    package let name: String

    /// Nil is `local`.
    package let driver: String?
    package let driverOpts: [String: String]?
    package let labels: [String: String]?

    package init(
        name: String,
        driver: String? = nil,
        driverOpts: [String: String]? = nil,
        labels: [String: String]? = nil
    ) {
        self.name = name
        self.driver = driver
        self.driverOpts = driverOpts
        self.labels = labels
    }
}
