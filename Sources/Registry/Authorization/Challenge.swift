/// A challenge of `WWW-Authenticate` (RFC 9110 §11.6.1).
struct Challenge: Hashable {
    /// The scheme in lower case: `bearer`, `basic` and others.
    let scheme: String

    /// The parameters, their names in lower case.
    var parameters: [String: String] = [:]

    /// Reads a field that may hold several challenges, from one header line or from more.
    ///
    /// What cannot be read ends the list; what stands before it counts.
    static func list(in field: String) -> [Challenge] {
        // Far above what any registry sends.
        var scanner = Scanner(bytes: Array(field.utf8.prefix(16 << 10)))
        var challenges: [Challenge] = []
        while true {
            scanner.skip(" \t,")
            let word = scanner.token()
            guard !word.isEmpty else { return challenges }
            scanner.skip(" \t")
            if scanner.take("=") {
                // A parameter of the last scheme; without a scheme before it, it means nothing.
                scanner.skip(" \t")
                guard !challenges.isEmpty, let value = scanner.value() else { return challenges }
                challenges[challenges.count - 1].parameters[word.lowercased()] = value
            } else {
                challenges.append(Challenge(scheme: word.lowercased()))
                scanner.skipToken68()
            }
        }
    }

    /// The bytes of a field and how far they have been read.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func skip(_ characters: StaticString) {
            while position < bytes.count, Self.contains(characters, bytes[position]) {
                position += 1
            }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
                return false
            }
            position += 1
            return true
        }

        /// RFC 9110 §5.6.2; empty where there is none.
        mutating func token() -> String {
            take { byte in
                0x21...0x7e ~= byte && !Self.contains("\"(),/:;<=>?@[\\]{}", byte)
            }
        }

        /// A token or a quoted string (RFC 9110 §5.6.4); nil if the quotes do not close.
        mutating func value() -> String? {
            guard take("\"") else {
                // Some servers leave URLs unquoted, so take all up to what must end a value.
                return take { !Self.contains(" \t,\"", $0) }
            }
            var value: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    return String(decoding: value, as: UTF8.self)
                case UInt8(ascii: "\\") where position < bytes.count:
                    value.append(bytes[position])
                    position += 1
                default:
                    value.append(byte)
                }
            }
            return nil
        }

        /// Passes over the blob that schemes such as Negotiate put instead of parameters.
        ///
        /// A word before `=` and a value is a parameter; a blob ends at a comma or at the end.
        mutating func skipToken68() {
            let start = position
            let blob = take { !Self.contains(" \t,\"", $0) }
            let isPadding = blob.drop { $0 != "=" }.allSatisfy { $0 == "=" }
            let endsHere = position == bytes.count || bytes[position] == UInt8(ascii: ",")
            if blob.isEmpty || !isPadding || !endsHere { position = start }
        }

        private mutating func take(while matches: (UInt8) -> Bool) -> String {
            let start = position
            while position < bytes.count, matches(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private static func contains(_ characters: StaticString, _ byte: UInt8) -> Bool {
            characters.withUTF8Buffer { $0.contains(byte) }
        }
    }
}
