import Foundation
import YAML

/// A JSON value, for comparing what was read with what a corpus expects.
indirect enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(_ value: Any) {
        switch value {
        case let number as NSNumber where CFGetTypeIDIsBool(number):
            self = .bool(number.boolValue)
        case let number as NSNumber: self = .number(number.doubleValue)
        case let string as String: self = .string(string)
        case let array as [Any]: self = .array(array.map(JSONValue.init))
        case let object as [String: Any]: self = .object(object.mapValues(JSONValue.init))
        default: self = .null
        }
    }

    /// Converts a node, each scalar as `resolve` says.
    init(_ node: Node?, resolve: (Scalar) -> JSONValue) {
        switch node?.content {
        case nil: self = .null
        case .scalar(let scalar): self = resolve(scalar)
        case .sequence(let items): self = .array(items.map { JSONValue($0, resolve: resolve) })
        case .mapping(let mapping):
            let pairs = mapping.entries.map { ($0.name, JSONValue($0.value, resolve: resolve)) }
            self = .object(Dictionary(uniqueKeysWithValues: pairs))
        }
    }
}

/// Tells `true` from `1`, which Foundation wraps in the same class.
private func CFGetTypeIDIsBool(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c"
}

extension JSONValue {
    /// What the YAML 1.2 core schema makes of a scalar (YAML 1.2.2 §10.3.2).
    static func coreSchema(_ scalar: Scalar) -> JSONValue {
        guard scalar.isPlain else { return .string(scalar.text) }
        if scalar.isNull { return .null }
        let text = scalar.text
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if text.wholeMatch(of: /[-+]?[0-9]+/) != nil { return .number(Double(text) ?? .nan) }
        if text.hasPrefix("0o"), let value = Int(text.dropFirst(2), radix: 8) {
            return .number(Double(value))
        }
        if text.hasPrefix("0x"), let value = Int(text.dropFirst(2), radix: 16) {
            return .number(Double(value))
        }
        if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil {
            return .number(Double(text.hasSuffix(".") ? text + "0" : text) ?? .nan)
        }
        return .string(text)
    }
}

extension JSONValue {
    /// What go-yaml v4 makes of a scalar.
    static func goYAML(_ scalar: Scalar) -> JSONValue {
        guard scalar.isPlain else { return .string(scalar.text) }
        let plain = PlainScalar(scalar.text)
        return switch plain.kind {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .integer(let value): .number(Double(value))
        case .unsigned(let value): .number(Double(value))
        case .float(let value): .number(value)
        case .timestamp: .string(plain.rewritten ?? scalar.text)
        case .text: .string(scalar.text)
        }
    }
}
