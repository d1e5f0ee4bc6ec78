extension EngineClient {
    /// `POST /containers/create`.
    ///
    /// Fields that the daemon's version would silently ignore are refused.
    ///
    /// - Parameters:
    ///   - name: The new container's name.
    ///   - platform: Of the image, such as `linux/arm64`; nil for the host's.
    ///   - body: Its settings.
    /// - Returns: Its ID, and warnings.
    /// - Throws: `EngineError`; `notFound` if the image is missing, `conflict` if the name is in
    ///   use, `unsupportedVersion` for a field that is newer than the daemon.
    package func createContainer(
        named name: String,
        platform: String? = nil,
        _ body: ContainerCreateBody
    ) async throws(EngineError) -> CreatedContainer {
        var call = EngineCall(.post, "/containers/create", about: name)
        call.add("name", name)
        call.add("platform", platform)
        let spoken = try await apiVersion()
        for (feature, version) in body.requirements where spoken < version {
            throw EngineError(
                .unsupportedVersion,
                call.operation,
                "\(feature) needs API \(version), and this daemon speaks \(spoken); "
                    + "update Docker or leave it out"
            )
        }
        call.body = try call.encode(body)
        return try await fetch(call)
    }
}

package struct ContainerCreateBody: Sendable, Equatable {
    package var config: ContainerConfig
    package var hostConfig: HostConfig

    /// By name; more than one needs API 1.44, else connect the others after the creation.
    package var networks: [String: EndpointSettings]

    package init(
        config: ContainerConfig = ContainerConfig(),
        hostConfig: HostConfig = HostConfig(),
        networks: [String: EndpointSettings] = [:]
    ) {
        self.config = config
        self.hostConfig = hostConfig
        self.networks = networks
    }

    /// What older daemons silently ignore, and the version that introduced it.
    var requirements: [(feature: String, version: APIVersion)] {
        let mounts = hostConfig.mounts ?? []
        let isRecursionSet = mounts.contains { mount in
            mount.bindOptions?.readOnlyNonRecursive == true
                || mount.bindOptions?.readOnlyForceRecursive == true
        }
        let features: [(feature: String, version: APIVersion, isUsed: Bool)] = [
            ("annotations", APIVersion(1, 43), hostConfig.annotations != nil),
            (
                "the health check's start interval", APIVersion(1, 44),
                (config.healthcheck?.startInterval ?? 0) != 0
            ),
            ("read-only recursion of a mount", APIVersion(1, 44), isRecursionSet),
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
        return features.filter(\.isUsed).map { ($0.feature, $0.version) }
    }
}

extension ContainerCreateBody: Encodable {
    private struct HostPart: Encodable {
        let hostConfig: HostConfig
        let networkingConfig: NetworkingConfig?
    }

    private struct NetworkingConfig: Encodable {
        let endpointsConfig: [String: EndpointSettings]
    }

    /// Writes the configuration's fields and the host's part into one object, as Docker has it.
    package func encode(to encoder: any Encoder) throws {
        try config.encode(to: encoder)
        let networking = networks.isEmpty ? nil : NetworkingConfig(endpointsConfig: networks)
        try HostPart(hostConfig: hostConfig, networkingConfig: networking).encode(to: encoder)
    }
}

package struct CreatedContainer: Sendable, Equatable, Decodable {
    package let id: String

    /// What Docker, or its version, did not do as it was asked to.
    package internal(set) var warnings: [String]
}
