package import Addresses

/// A container that serves, as one rule of a chain names it.
package struct Backend: Hashable, Sendable {
    package let slot: Int
    /// Which container of that slot it is: the number in the candidate's name.
    package let generation: Int
    /// The first 12 hexadecimal digits of the container's id.
    package let container: String
    /// Nil only in a chain without a target, for a container that has no address of its own.
    package let address: IPv4Address?
    /// When it began to serve, in milliseconds since 1970.
    package let since: Int

    /// `container` may be the full id.
    package init(slot: Int, generation: Int, container: String, address: IPv4Address?, since: Int) {
        self.slot = slot
        self.generation = generation
        self.container = String(container.prefix(12))
        self.address = address
        self.since = since
    }
}

extension Backend {
    /// What the rule's comment says: `web/1 g7 0123456789ab @1700000000000`.
    ///
    /// The kernel keeps at most 128 bytes; with the limits of ``isValid`` this has at most 115.
    func comment(service: String) -> String {
        "\(service)/\(slot) g\(generation) \(container) @\(since)"
    }

    /// Reads a rule's comment back; nil unless it is exactly what `comment(service:)` writes.
    init?(comment: String, service: String, address: IPv4Address?) {
        let parts = comment.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].hasPrefix("\(service)/"), parts[1].hasPrefix("g"),
            parts[3].hasPrefix("@"), let slot = Int(parts[0].dropFirst(service.count + 1)),
            let generation = Int(parts[1].dropFirst()), let since = Int(parts[3].dropFirst())
        else { return nil }
        self.init(
            slot: slot,
            generation: generation,
            container: String(parts[2]),
            address: address,
            since: since
        )
        guard isValid, self.comment(service: service) == comment else { return nil }
    }

    /// Whether the rule's comment can carry these values.
    var isValid: Bool {
        let digits = Set("0123456789abcdef")
        return (1...99_999).contains(slot)
            && (0...9_999_999_999).contains(generation)
            && (0...9_999_999_999_999).contains(since)
            && (1...12).contains(container.count) && container.allSatisfy(digits.contains)
    }
}

extension Backend: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.slot, left.generation, left.container, left.address?.rawValue ?? 0)
            < (right.slot, right.generation, right.container, right.address?.rawValue ?? 0)
    }
}
