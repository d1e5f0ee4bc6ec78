/// Something that happened to one of the daemon's objects.
package struct EngineEvent: Sendable, Equatable {
    /// The kind of object: `container`, `image`, `network`, `volume`, `daemon` and so on.
    package let type: String

    /// What happened, such as `start`, `die`, `health_status: healthy`.
    package let action: String

    /// The object's ID; a network's or container's full one.
    package let actorID: String

    /// What is known of the object, its labels among it; `name` is a container's name.
    package let attributes: [String: String]

    /// When it happened.
    package let time: Timestamp?

    /// The verdict, if the event is of a health check.
    package var health: HealthStatus? {
        let prefix = "health_status: "
        guard action.hasPrefix(prefix) else { return nil }
        return HealthStatus(rawValue: String(action.dropFirst(prefix.count)))
    }
}

extension EngineEvent: Decodable {
    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case action = "Action"
        case actor = "Actor"
        case timeNano
    }

    private struct Actor: Decodable {
        let id: String?
        let attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case attributes = "Attributes"
        }
    }

    /// Reads Docker's object.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decodeIfPresent(String.self, forKey: .type) ?? ""
        action = try container.decodeIfPresent(String.self, forKey: .action) ?? ""
        let actor = try container.decodeIfPresent(Actor.self, forKey: .actor)
        actorID = actor?.id ?? ""
        attributes = actor?.attributes ?? [:]
        time = try container.decodeIfPresent(Int64.self, forKey: .timeNano)
            .map { Timestamp(seconds: 0, nanoseconds: $0) }
    }
}
