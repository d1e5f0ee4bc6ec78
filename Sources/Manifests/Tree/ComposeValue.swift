/// A value of the canonical model: every short form written out, every text converted.
package struct ComposeValue: Sendable, Equatable {
    /// What the value is.
    package indirect enum Content: Sendable, Equatable {
        /// Nothing, where that means something (a value from outside, an image's own command).
        case null
        /// What is written and could not be read; it keeps its place, so that nothing takes it for
        /// missing, and what follows it in a list has its own number.
        case unreadable
        /// `true` or `false`.
        case boolean(Bool)
        /// A whole number.
        case integer(Int64)
        /// Any other number.
        case decimal(Double)
        /// A text.
        case string(String)
        /// A span of time, written as `1m30s`.
        case duration(Duration)
        /// A count of bytes, written as a text of digits.
        case bytes(Int64)
        /// Permission bits, written as the text `0440`.
        case mode(Int64)
        /// Permission bits that Compose writes as a number.
        case bits(Int64)
        /// Values in order.
        case list([ComposeValue])
        /// Values by name.
        case map(OrderedMap<ComposeValue>)
    }

    /// What the value is.
    package var content: Content
    /// Where it comes from.
    package var origin: Origin

    /// Makes a value.
    package init(_ content: Content, origin: Origin = .unsaid) {
        self.content = content
        self.origin = origin
    }

    /// Equal contents; where they come from does not count.
    package static func == (left: Self, right: Self) -> Bool { left.content == right.content }
}

extension ComposeValue {
    /// The text, where the value is one.
    var string: String? {
        guard case .string(let text) = content else { return nil }
        return text
    }

    /// The number, where the value is a whole one, a size or permission bits.
    var integer: Int64? {
        switch content {
        case .integer(let number), .bytes(let number), .mode(let number), .bits(let number): number
        default: nil
        }
    }

    /// The number, where the value is one.
    var decimal: Double? {
        switch content {
        case .decimal(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }

    /// The truth value, where the value is one.
    var boolean: Bool? {
        guard case .boolean(let flag) = content else { return nil }
        return flag
    }

    /// The span of time, where the value is one.
    var duration: Duration? {
        guard case .duration(let duration) = content else { return nil }
        return duration
    }

    /// The values, where the value is a list.
    var list: [ComposeValue]? {
        guard case .list(let list) = content else { return nil }
        return list
    }

    /// The texts, where the value is a list of them.
    var strings: [String]? { list?.compactMap(\.string) }

    /// The values by name, where the value is a map.
    var map: OrderedMap<ComposeValue>? {
        guard case .map(let map) = content else { return nil }
        return map
    }

    /// The texts by name, where the value is a map; values that are no text are left out.
    var texts: [String: String] {
        var result: [String: String] = [:]
        for (key, value) in map ?? OrderedMap() { result[key] = value.string }
        return result
    }

    /// Whether it is an empty text, list or map, which says as much as no value at all.
    var isEmpty: Bool {
        switch content {
        case .string(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .map(let map): map.isEmpty
        default: false
        }
    }

    /// Whether all of it could be read.
    var isReadable: Bool {
        switch content {
        case .unreadable: false
        case .list(let list): list.allSatisfy(\.isReadable)
        case .map(let map): map.allSatisfy(\.value.isReadable)
        default: true
        }
    }

    /// The value of a name, where the value is a map that has it.
    subscript(_ key: String) -> ComposeValue? { map?[key] }
}
