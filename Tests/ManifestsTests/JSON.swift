import Foundation

@testable import Manifests

/// A JSON value that can be compared, written and turned into an item.
enum JSON: Decodable, Equatable, CustomStringConvertible {
    case null
    case flag(Bool)
    case integer(Int64)
    case decimal(Double)
    case text(String)
    case list([JSON])
    case map([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let decimal = try? container.decode(Double.self) {
            self = .decimal(decimal)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .map(try container.decode([String: JSON].self))
        }
    }

    /// What a canonical value says.
    init(_ value: ComposeValue) { self.init(value.jsonNode) }

    private init(_ node: SchemaNode) {
        switch node {
        case .null: self = .null
        case .text(let text): self = .text(text)
        case .flag(let flag): self = .flag(flag)
        case .number(let number): self = .integer(number)
        case .decimal(let number): self = .decimal(number)
        case .list(let nodes): self = .list(nodes.map { JSON($0) })
        case .object(let entries):
            self = .map(Dictionary(entries.map { ($0, JSON($1)) }) { $1 })
        }
    }

    /// The value as a file would state it: texts quoted, everything else plain.
    var item: Item {
        switch self {
        case .null: Item(.scalar(ScalarText("null", isPlain: true)), origin: .unsaid)
        case .flag(let flag): Item(.scalar(ScalarText("\(flag)", isPlain: true)), origin: .unsaid)
        case .integer(let number):
            Item(.scalar(ScalarText("\(number)", isPlain: true)), origin: .unsaid)
        case .decimal(let number):
            Item(.scalar(ScalarText("\(number)", isPlain: true)), origin: .unsaid)
        case .text(let text): Item(.scalar(ScalarText(text)), origin: .unsaid)
        case .list(let list): Item(.list(list.map(\.item)), origin: .unsaid)
        case .map(let map):
            Item(
                .map(
                    map.sorted { $0.key < $1.key }.reduce(into: OrderedMap<Item>()) {
                        $0[$1.key] = $1.value.item
                    }
                ),
                origin: .unsaid
            )
        }
    }

    subscript(_ key: String) -> JSON? {
        guard case .map(let map) = self else { return nil }
        return map[key]
    }

    subscript(_ path: [String]) -> JSON? {
        path.reduce(Optional(self)) { value, key in
            if case .list(let list)? = value, let index = Int(key) {
                return list.indices.contains(index) ? list[index] : nil
            }
            return value?[key]
        }
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var list: [JSON]? {
        guard case .list(let list) = self else { return nil }
        return list
    }

    var map: [String: JSON]? {
        guard case .map(let map) = self else { return nil }
        return map
    }

    var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .decimal(let number): "\(number)"
        case .text(let text): text.debugDescription
        case .list(let list): "[\(list.map(\.description).joined(separator: ","))]"
        case .map(let map):
            "{\(map.sorted { $0.key < $1.key }.map { "\($0):\($1)" }.joined(separator: ","))}"
        }
    }
}
