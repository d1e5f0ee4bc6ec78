@testable import Manifests

/// One place where our canonical model and Compose's differ.
struct CanonicalDifference: CustomStringConvertible {
    var path: [String]
    var ours: JSON?
    var theirs: JSON?

    var description: String {
        "\(path.joined(separator: ".")): \(ours?.description ?? "—"), not \(theirs?.description ?? "—")"
    }

    /// Every difference between two models, empty maps counting as absent.
    static func all(
        ours: JSON?,
        theirs: JSON?,
        at path: [String] = []
    ) -> [CanonicalDifference] {
        if ours == theirs || isSame(ours, theirs) { return [] }
        switch (ours, theirs) {
        case (.map(let left)?, .map(let right)?):
            return Set(left.keys).union(right.keys).sorted().flatMap {
                all(ours: left[$0], theirs: right[$0], at: path + [$0])
            }
        case (.list(let left)?, .list(let right)?) where left.count == right.count:
            return left.indices.flatMap {
                all(ours: left[$0], theirs: right[$0], at: path + ["\($0)"])
            }
        case (.map(let left)?, nil):
            return left.keys.sorted().flatMap {
                all(ours: left[$0], theirs: nil, at: path + [$0])
            }
        case (nil, .map(let right)?):
            return right.keys.sorted().flatMap {
                all(ours: nil, theirs: right[$0], at: path + [$0])
            }
        default:
            return [CanonicalDifference(path: path, ours: ours, theirs: theirs)]
        }
    }

    /// Numbers that are equal as numbers, and what compose-go leaves out when it is empty.
    private static func isSame(_ ours: JSON?, _ theirs: JSON?) -> Bool {
        switch (ours, theirs) {
        case (.integer(let left)?, .decimal(let right)?): Double(left) == right
        case (.decimal(let left)?, .integer(let right)?): left == Double(right)
        case (.decimal(let left)?, .decimal(let right)?): Float(left) == Float(right)
        case (nil, .map(let map)?), (.map(let map)?, nil): map.isEmpty
        default: false
        }
    }
}
