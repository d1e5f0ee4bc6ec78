/// The header fields of one message, in the order they were sent; names compare without case.
///
/// RFC 9110 §5: order matters between fields of one name and between no others.
package struct HeaderFields: Sendable, Equatable {
    /// One line of a header section.
    package struct Field: Sendable, Equatable {
        package let name: String

        /// Without the white space around it.
        package internal(set) var value: String
    }

    package private(set) var fields: [Field]

    init(_ fields: [Field]) {
        self.fields = fields
    }

    package init() {
        self.init([])
    }

    /// The first value of a name, or nil; setting replaces all of them.
    package subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringCase(name) }
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value of a name, in order.
    func values(of name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// The members of a comma-separated field over all its lines, lower-cased (RFC 9110 §5.6.1).
    ///
    /// For lists of tokens such as `Connection` and `Transfer-Encoding`; quoted strings are not
    /// understood.
    func tokens(of name: String) -> [String] {
        values(of: name)
            .flatMap { $0.split(separator: ",") }
            .map { $0.trimmingBlanks().lowercased() }
            .filter { !$0.isEmpty }
    }

    mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Field(name: $0.0, value: $0.1) })
    }
}

extension StringProtocol {
    /// Compares ASCII letters without case and everything else byte by byte.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy {
                $0 == $1 || $0.lowercasedLetter == $1.lowercasedLetter
            }
    }

    /// The text without spaces and tabs at its ends (RFC 9110 §5.6.3, OWS).
    func trimmingBlanks() -> String {
        String(decoding: Array(utf8)[...].trimmingBlanks(), as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without spaces and tabs at their ends (RFC 9110 §5.6.3, OWS).
    func trimmingBlanks() -> Self {
        guard let first = firstIndex(where: { !$0.isBlank }),
            let last = lastIndex(where: { !$0.isBlank })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
