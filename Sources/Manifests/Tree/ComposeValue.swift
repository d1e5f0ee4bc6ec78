/// A value of the canonical model: every short form written out, every text converted.
package struct ComposeValue: Sendable, Equatable {
    package indirect enum Content: Sendable, Equatable {
        /// Nothing, where that means something (a value from outside, an image's own command).
        case null
        /// What is written and could not be read; it keeps its place, so that nothing takes it for
        /// missing, and what follows it in a list has its own number.
        case unreadable
        case boolean(Bool)
        case integer(Int64)
        case decimal(Double)
        case string(String)
        /// A span of time, written as `1m30s`.
        case duration(Duration)
        /// A count of bytes, written as a text of digits.
        case bytes(Int64)
        /// Permission bits, written as the text `0440`.
        case mode(Int64)
        /// Permission bits that Compose writes as a number.
        case bits(Int64)
        case list([ComposeValue])
        case map(OrderedMap<ComposeValue>)
    }

    package var content: Content
    package var origin: Origin

    package init(_ content: Content, origin: Origin = .unsaid) {
        self.content = content
        self.origin = origin
    }

    /// Equal contents; where they come from does not count.
    package static func == (left: Self, right: Self) -> Bool { left.content == right.content }
}

extension ComposeValue {
    var string: String? { if case .string(let text) = content { text } else { nil } }

    /// The number, where the value is a whole one, a size or permission bits.
    var integer: Int64? {
        switch content {
        case .integer(let number), .bytes(let number), .mode(let number), .bits(let number): number
        default: nil
        }
    }

    var decimal: Double? {
        switch content {
        case .decimal(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }

    var boolean: Bool? { if case .boolean(let flag) = content { flag } else { nil } }
    var duration: Duration? { if case .duration(let duration) = content { duration } else { nil } }
    var list: [ComposeValue]? { if case .list(let list) = content { list } else { nil } }
    var strings: [String]? { list?.compactMap(\.string) }
    var map: OrderedMap<ComposeValue>? { if case .map(let map) = content { map } else { nil } }

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

    var isReadable: Bool {
        switch content {
        case .unreadable: false
        case .list(let list): list.allSatisfy(\.isReadable)
        case .map(let map): map.allSatisfy(\.value.isReadable)
        default: true
        }
    }

    subscript(_ key: String) -> ComposeValue? { map?[key] }

    /// Whether it is a network or a volume that Berth does not create.
    var isExternal: Bool { self["external"]?.boolean == true || self["external"]?.map != nil }

    /// A map with its entries changed; anything else as it is.
    func completing(_ change: (inout OrderedMap<ComposeValue>) -> Void) -> ComposeValue {
        guard var entries = map else { return self }
        change(&entries)
        return ComposeValue(.map(entries), origin: origin)
    }

    /// A list whose maps have their entries changed.
    func completingEach(_ change: (inout OrderedMap<ComposeValue>) -> Void) -> ComposeValue {
        ComposeValue(.list((list ?? []).map { $0.completing(change) }), origin: origin)
    }
}
