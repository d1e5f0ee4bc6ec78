/// Reads the lines of a header or trailer section up to the empty one (RFC 9112 §5).
struct FieldSection {
    let part: String
    let limits: WireLimits

    private var fields: [HeaderFields.Field] = []
    private var size = 0

    init(_ part: String, limits: WireLimits) {
        self.part = part
        self.limits = limits
    }

    /// Reads the lines that have arrived; returns the section once it is complete.
    mutating func read(from input: inout InputBuffer) throws(WireError) -> HeaderFields? {
        while let line = try input.takeLine(part, limit: limits.fieldBytes, used: size) {
            if line.isEmpty { return HeaderFields(fields) }
            size += line.count + 2
            guard size <= limits.fieldBytes else {
                throw .tooLarge(part: part, limit: limits.fieldBytes)
            }
            try add(line)
        }
        return nil
    }

    private mutating func add(_ line: ArraySlice<UInt8>) throws(WireError) {
        guard line.allSatisfy(\.isFieldContent) else {
            throw .malformed(part: part, clause: "RFC 9110 §5.5")
        }
        if line.first?.isBlank == true {
            return try fold(line)
        }
        guard fields.count < limits.fieldCount else {
            throw .tooLarge(part: "\(part) count", limit: limits.fieldCount)
        }
        // RFC 9112 §5.1: no white space between name and colon; `isToken` refuses it.
        guard let colon = line.firstIndex(of: .colon), line[..<colon].isToken else {
            throw .malformed(part: part, clause: "RFC 9112 §5.1")
        }
        let value = line[(colon + 1)...].trimmingBlanks()
        fields.append(
            HeaderFields.Field(
                name: String(decoding: line[..<colon], as: UTF8.self),
                value: String(decoding: value, as: UTF8.self)
            )
        )
    }

    /// A user agent joins folded lines (RFC 9112 §5.2).
    private mutating func fold(_ line: ArraySlice<UInt8>) throws(WireError) {
        // RFC 9112 §2.2: white space before the first field is never a continuation.
        guard var field = fields.popLast() else {
            throw .malformed(part: part, clause: "RFC 9112 §5.2")
        }
        field.value += " " + String(decoding: line.trimmingBlanks(), as: UTF8.self)
        fields.append(field)
    }
}
