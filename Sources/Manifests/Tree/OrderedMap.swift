/// Values by name, in the order in which they were added.
package struct OrderedMap<Value: Sendable>: Sendable {
    /// The names, in order.
    package private(set) var keys: [String] = []
    private var values: [String: Value] = [:]

    /// An empty map.
    package init() {}

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

    /// Whether there is no value.
    package var isEmpty: Bool { keys.isEmpty }

    /// How many values there are.
    package var count: Int { keys.count }
}

extension OrderedMap: Sequence {
    /// Walks over names and values, in order.
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
