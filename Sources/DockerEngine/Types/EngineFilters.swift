/// What a list or a stream of events is narrowed down to.
///
/// Values of one key are alternatives, except labels, which must all match; keys must all match.
/// `name` and `id` match parts and, for names, regular expressions: compare for equality yourself.
package struct EngineFilters: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// The values by key, such as `label`, `name`, `status`, `type`, `event`, `container`.
    package var values: [String: [String]]

    /// Makes filters.
    package init(_ values: [String: [String]] = [:]) {
        self.values = values
    }

    /// Makes filters from a literal.
    package init(dictionaryLiteral elements: (String, [String])...) {
        self.init(Dictionary(elements) { $0 + $1 })
    }

    /// What has all of these labels, with these values.
    package static func labels(_ labels: [String: String]) -> EngineFilters {
        ["label": labels.map { "\($0.key)=\($0.value)" }.sorted()]
    }
}

extension EngineCall {
    /// Adds the filters as Docker takes them, a JSON object of arrays.
    mutating func add(_ filters: EngineFilters) throws(EngineError) {
        guard !filters.values.isEmpty else { return }
        var encoder = self
        try encoder.setBody(filters.values)
        add("filters", String(decoding: encoder.body, as: UTF8.self))
    }
}
