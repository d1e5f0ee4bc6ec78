package import Foundation

/// The Engine API's keys as Swift properties, and back.
///
/// A property has the key's name with its first word in lower case: `Id` is `id`, `OOMKilled` is
/// `oomKilled`, `IPAMConfig` is `ipamConfig`. A key is its property with the first letter in upper
/// case, or the first word, if that is one of `acronyms`.
/// Foundation applies this to the properties of types and leaves the keys of dictionaries as they
/// are: labels, options, ports, names of networks.
struct EngineKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    /// First words that the API writes in capitals.
    private static let acronyms = ["ip": "IP", "ipam": "IPAM", "ipv4": "IPv4", "ipv6": "IPv6"]

    /// Keys that are words of Swift's, and their properties.
    private static let reserved: [(key: String, property: String)] = [
        ("Init", "isInit"), ("Internal", "isInternal"),
    ]

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }

    init(propertyOf key: String) {
        if let word = Self.reserved.first(where: { $0.key == key }) {
            stringValue = word.property
            return
        }
        let capitals = key.utf8.prefix { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }.count
        // The last capital begins the second word, if there is one.
        let isOneWord = capitals == key.utf8.count || key.hasPrefix("IPv")
        let length = isOneWord ? capitals : max(1, capitals - 1)
        stringValue = key.prefix(length).lowercased() + key.dropFirst(length)
    }

    init(keyOf property: String) {
        if let word = Self.reserved.first(where: { $0.property == property }) {
            stringValue = word.key
            return
        }
        let word = property.prefix { !$0.isUppercase }
        let first = Self.acronyms[String(word)] ?? word.prefix(1).uppercased() + word.dropFirst()
        stringValue = first + property.dropFirst(word.count)
    }
}

extension JSONDecoder {
    /// Decodes the Engine API's types.
    package static var engine: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in
            EngineKey(propertyOf: path.last?.stringValue ?? "")
        }
        return decoder
    }
}

extension JSONEncoder {
    /// Encodes the Engine API's types; the same value gives the same bytes.
    package static var engine: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { path in
            EngineKey(keyOf: path.last?.stringValue ?? "")
        }
        return encoder
    }
}

/// Docker writes what is empty as null or not at all, and older daemons lack fields.
extension KeyedDecodingContainer {
    func decode<Element: Decodable>(
        _ type: [Element].Type,
        forKey key: Key
    ) throws -> [Element] {
        try decodeIfPresent(type, forKey: key) ?? []
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try decodeIfPresent(type, forKey: key) ?? 0
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try decodeIfPresent(type, forKey: key) ?? false
    }

    func decode(_ type: ContainerConfig.Type, forKey key: Key) throws -> ContainerConfig {
        try decodeIfPresent(type, forKey: key) ?? ContainerConfig()
    }

    /// Nil also for Docker's "never", and for a text that is not a date.
    func decodeIfPresent(_ type: Timestamp.Type, forKey key: Key) throws -> Timestamp? {
        try decodeIfPresent(String.self, forKey: key).flatMap { Timestamp($0) }
    }
}

extension EngineCall {
    func decode<Value: Decodable>(
        _ body: [UInt8],
        as type: Value.Type = Value.self
    ) throws(EngineError) -> Value {
        do {
            return try JSONDecoder.engine.decode(type, from: Data(body))
        } catch {
            throw EngineError(.malformedResponse, operation, Self.explain(error))
        }
    }

    func encode(_ value: some Encodable) throws(EngineError) -> [UInt8] {
        do {
            return Array(try JSONEncoder.engine.encode(value))
        } catch {
            throw EngineError(.badParameter, operation, Self.explain(error))
        }
    }

    /// What was wrong and where, without the values, which may be secrets.
    private static func explain(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the top" : path.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context):
            "the answer has no \(place(context.codingPath + [key]))"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "the answer has an unexpected type at \(place(context.codingPath))"
        case DecodingError.dataCorrupted(let context):
            "the answer is not valid JSON at \(place(context.codingPath))"
        case EncodingError.invalidValue(_, let context):
            "the value at \(place(context.codingPath)) cannot be written as JSON"
        default:
            "the JSON cannot be used"
        }
    }
}
