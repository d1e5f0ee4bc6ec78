internal import Foundation

extension EngineCall {
    /// Makes a value of an answer's JSON.
    func decode<Value: Decodable>(
        _ body: [UInt8],
        as type: Value.Type = Value.self
    ) throws(EngineError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw EngineError(.malformedResponse, operation, Self.explain(error))
        }
    }

    /// Sets the body to a value's JSON.
    mutating func setBody(_ value: some Encodable) throws(EngineError) {
        let encoder = JSONEncoder()
        // The same value gives the same bytes, for logs and tests.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            body = Array(try encoder.encode(value))
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
            "the answer has another type than expected at \(place(context.codingPath))"
        case DecodingError.dataCorrupted(let context):
            "the answer is not usable JSON at \(place(context.codingPath))"
        case EncodingError.invalidValue(_, let context):
            "the value at \(place(context.codingPath)) cannot be written as JSON"
        default:
            "the JSON cannot be used"
        }
    }
}
