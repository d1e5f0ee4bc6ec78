/// Why a text does not fit its field, and what to write instead.
///
/// Messages are sentences without a full stop; they become the `message` and `remedy` of a
/// diagnostic once the place is known.
struct TextError: Error, Hashable, Sendable {
    var message: String
    /// What to do next; empty when the message says it.
    var remedy: String

    init(_ message: String, remedy: String = "") {
        self.message = message
        self.remedy = remedy
    }

    func with(remedy: String) -> TextError { TextError(message, remedy: remedy) }
    static let empty = TextError("it is empty", remedy: "give it a value, or remove the key")
}

extension String {
    /// The text in double quotes with escapes, cut off where it is long, for use in messages.
    var quoted: String {
        let limit = 120
        guard unicodeScalars.count > limit else { return debugDescription }
        return "\(String(String.UnicodeScalarView(unicodeScalars.prefix(limit))).debugDescription)…"
    }
}

/// Suggests the name that was probably meant.
enum NearestName {
    /// The candidate with the fewest differing letters, if that is few enough to be a slip.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, min(3, name.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates where abs(candidate.count - name.count) <= limit {
            let distance = distance(name, candidate)
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Insertions, deletions, replacements, and swaps of two neighbours between two names of which
    /// only the first 64 letters count.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8.prefix(64))
        let right = Array(right.lowercased().utf8.prefix(64))
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    previous[column] + (byte == other ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
