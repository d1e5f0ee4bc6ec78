extension EngineClient {
    /// `GET /version`.
    package func version() async throws(EngineError) -> EngineVersion {
        try await fetch(EngineCall(.get, "/version"))
    }

    /// `GET /events`; returns when the daemon has begun to report.
    ///
    /// Changes before that are not reported: list afterwards.
    /// The stream ends, with or without an error, when the daemon does.
    package func events(
        filters: EngineFilters = [:]
    ) async throws(EngineError) -> EngineStream<EngineEvent> {
        var call = EngineCall(.get, "/events")
        try call.add(filters)
        call.bodyLimit = .max
        return try await open(call)
    }
}

package struct EngineVersion: Sendable, Equatable, Decodable {
    /// Such as `27.3.1`.
    package let version: String
}

/// Something that happened to an object of the daemon.
package struct EngineEvent: Sendable, Equatable, Decodable {
    /// Such as `start`, `die`, `health_status: healthy`.
    package let action: String?
    let actor: Actor?

    struct Actor: Equatable, Decodable {
        let id: String?
        let attributes: [String: String]?
    }

    /// The object's full ID.
    package var actorID: String { actor?.id ?? "" }

    /// What Docker knows of the object, its labels among it; `name` is a container's name.
    package var attributes: [String: String] { actor?.attributes ?? [:] }
}

/// Which entries of a list or events are returned.
///
/// Values of one key are alternatives, except labels, which must all match; keys must all match.
/// `name` and `id` match parts and, for names, regular expressions: compare answers for equality.
package struct EngineFilters: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// By key, such as `label`, `name`, `status`, `type`, `event`, `container`.
    private let values: [String: [String]]

    package init(dictionaryLiteral elements: (String, [String])...) {
        values = Dictionary(elements) { $0 + $1 }
    }

    /// Objects that have all of these labels, with these values.
    package static func labels(_ labels: [String: String]) -> EngineFilters {
        ["label": labels.map { "\($0.key)=\($0.value)" }.sorted()]
    }

    /// As Docker reads them, a JSON object of arrays; nil if there are none.
    fileprivate func parameter(of call: EngineCall) throws(EngineError) -> String? {
        values.isEmpty ? nil : String(decoding: try call.encode(values), as: UTF8.self)
    }
}

extension EngineCall {
    mutating func add(_ filters: EngineFilters) throws(EngineError) {
        add("filters", try filters.parameter(of: self))
    }
}
