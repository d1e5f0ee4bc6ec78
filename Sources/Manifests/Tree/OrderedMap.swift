/// Values by name, in the order in which they were added.
package struct OrderedMap<Value: Sendable>: Sendable {
    package private(set) var keys: [String] = []
    private var values: [String: Value] = [:]

    package init() {}

    init(_ entries: some Sequence<(String, Value)>) {
        for (key, value) in entries { self[key] = value }
    }

    /// The value of a name; setting keeps a known name's place, setting nil takes it away.
    package subscript(_ key: String) -> Value? {
        get { values[key] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
                return
            }
            if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
        }
    }

    package var isEmpty: Bool { keys.isEmpty }
    package var count: Int { keys.count }
}

extension OrderedMap: Sequence {
    package func makeIterator() -> AnyIterator<(key: String, value: Value)> {
        var names = keys.makeIterator()
        return AnyIterator {
            guard let key = names.next(), let value = values[key] else { return nil }
            return (key, value)
        }
    }
}

extension OrderedMap: Equatable where Value: Equatable {
    /// Equal names with equal values; the order does not count.
    package static func == (left: Self, right: Self) -> Bool { left.values == right.values }
}
