/// The name that content gives itself: `sha256:` and 64 lower-case hexadecimal digits.
///
/// The only algorithm is SHA-256, which is what every registry and the Engine use; other
/// algorithms of the OCI image specification (descriptor.md, "Digests") do not parse.
package struct Digest: Hashable, Sendable {
    private static let prefix = "sha256:"

    /// The 32 bytes as four big-endian words, in halves: small, and compared without a heap object.
    ///
    /// In one piece they would have to be aligned to 32 bytes, and the memory of a task is aligned
    /// to 16: a continuation that returns such a value ends the process.
    private let high: SIMD2<UInt64>
    private let low: SIMD2<UInt64>

    private var words: SIMD4<UInt64> { SIMD4(lowHalf: high, highHalf: low) }

    /// Hashes `bytes`.
    package init(hashing bytes: some Collection<UInt8>) {
        var hash = SHA256()
        hash.update(bytes)
        self = hash.digest
    }

    /// Reads `sha256:<64 hex>`; anything else, upper-case digits included, gives nil.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.prefix.utf8.count + 64, text.hasPrefix(Self.prefix),
            let bytes = Hex.decode(text.dropFirst(Self.prefix.count)),
            !text.utf8.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "F") ~= $0 })
        else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.init(words)
    }

    init(words: SIMD8<UInt32>) {
        self.init(
            SIMD4(truncatingIfNeeded: words.evenHalf) &<< 32
                | SIMD4(truncatingIfNeeded: words.oddHalf)
        )
    }

    private init(_ words: SIMD4<UInt64>) {
        (high, low) = (words.lowHalf, words.highHalf)
    }

    /// The 32 bytes of the hash.
    package var bytes: [UInt8] {
        (0..<32).map { index in
            UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - 8 * (index % 8)))
        }
    }

    /// The 64 hexadecimal digits, without the algorithm.
    package var hex: String { Hex.encode(bytes) }

    /// The first twelve hexadecimal digits, as `docker images` shows them.
    package var short: String { String(hex.prefix(12)) }
}

extension Digest: CustomStringConvertible {
    /// `sha256:` and the 64 digits.
    package var description: String { Self.prefix + hex }
}

extension Digest: Comparable {
    /// Orders as the texts order.
    package static func < (left: Digest, right: Digest) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }
}

extension Digest: Codable {
    /// Reads the text form.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a digest is sha256: and 64 lower-case hexadecimal digits"
            )
        }
        self = digest
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
