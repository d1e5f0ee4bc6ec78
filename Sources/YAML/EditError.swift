/// Why an edit was refused; the source is unchanged then.
package enum EditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The source cannot be read as it is.
    case source(YAMLError)
    /// The path names no value: it has no key.
    case emptyPath
    /// Something on the way to the target is no map.
    case notAMap(path: [String], mark: Mark)
    /// The target is a list or a map.
    case notAScalar(path: [String], mark: Mark)
    /// The text comes from an anchor, so that changing it would change it elsewhere too.
    case aliased(path: [String], mark: Mark)
    /// The key comes by `<<` from another map.
    case merged(path: [String], mark: Mark)
    /// The value is a block scalar with a comment behind `|` or `>`, which the edit would lose.
    case commentInside(path: [String], mark: Mark)
    /// The new value was given as a literal, and no reader takes it for a number, a boolean or
    /// null.
    case notALiteral(String)
    /// The edited text does not read as the old one with only this value changed.
    case notLocal(path: [String])

    /// What stands in the way, where, and what to do.
    package var description: String {
        switch self {
        case .source(let error):
            "\(error)"
        case .emptyPath:
            "the path is empty; name the keys that lead to the value"
        case .notAMap(let path, let mark):
            "\(mark): \(Self.dotted(path)) is no map; name a path through maps only"
        case .notAScalar(let path, let mark):
            "\(mark): \(Self.dotted(path)) is a list or a map; "
                + "name a key inside it, or edit the file"
        case .aliased(let path, let mark):
            "\(mark): \(Self.dotted(path)) comes from an anchor which others share; "
                + "edit it there, or write the value out instead of the alias"
        case .merged(let path, let mark):
            "\(mark): \(Self.dotted(path)) comes by << from another map; "
                + "edit it there, or write the key out beside the <<"
        case .commentInside(let path, let mark):
            "\(mark): a comment stands inside the value of \(Self.dotted(path)); edit the file"
        case .notALiteral(let text):
            "\(text) is no number, boolean or null; give it as a text"
        case .notLocal(let path):
            "changing \(Self.dotted(path)) would change something else in the file too; "
                + "edit the file"
        }
    }

    private static func dotted(_ path: [String]) -> String {
        path.isEmpty ? "the document" : path.joined(separator: ".")
    }
}
