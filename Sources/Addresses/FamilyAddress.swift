/// An address of one family: the number that it spells, in the host's byte order.
package protocol FamilyAddress: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    associatedtype Number: FixedWidthInteger & UnsignedInteger & Sendable

    var rawValue: Number { get }
    init(rawValue: Number)
    init?(_ text: some StringProtocol)
}

extension FamilyAddress {
    /// The bytes in the network's order.
    package var bytes: [UInt8] { withUnsafeBytes(of: rawValue.bigEndian) { Array($0) } }

    /// Takes bytes in the network's order; those that are missing at the end count as zero.
    package init(bytes: some Collection<UInt8>) {
        let width = Number.bitWidth / 8
        let padding = repeatElement(UInt8(0), count: max(0, width - bytes.count))
        let number = (Array(bytes.prefix(width)) + padding).reduce(Number(0)) {
            $0 << 8 | Number($1)
        }
        self.init(rawValue: number)
    }

    /// `0.0.0.0` or `::`, which stands for all of a host's addresses of the family.
    package static var any: Self { Self(rawValue: 0) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init(from decoder: any Decoder) throws {
        self = try decoder.text("an IP address") { Self($0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.write("\(self)") }
}

extension Decoder {
    /// The value that a text stands for; `what` names it in the error.
    func text<Value>(_ what: String, _ read: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = read(text) else {
            let reason = "\(text.debugDescription) is not \(what)"
            throw DecodingError.dataCorruptedError(in: container, debugDescription: reason)
        }
        return value
    }
}

extension Encoder {
    func write(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
