/// A change of one scalar, found by the keys that lead to it, that leaves every other byte alone.
///
/// A value that stands there is replaced in its own style.
/// A key that is missing is added at the end of its map in the style of its neighbours, together
/// with the maps around it that are missing, absent or `{}`.
///
///     let edit = Edit(path: ["services", "web", "version"], to: .text("1.4.2"))
///     let changed = try edit.applied(to: source)
package struct Edit: Hashable, Sendable {
    /// The new value.
    package enum Value: Hashable, Sendable {
        /// A text, quoted where readers would otherwise take it for something else.
        ///
        /// Only where a plain number stands now, another number is written plain as well.
        case text(String)
        /// A number, boolean or null as it is written, never quoted.
        case literal(String)

        var text: String {
            switch self {
            case .text(let text), .literal(let text): text
            }
        }
    }

    /// The keys that lead to the value, from the root.
    package let path: [String]
    /// The value to put there.
    package let value: Value

    /// Makes an edit.
    package init(path: [String], to value: Value) {
        self.path = path
        self.value = value
    }

    /// The source with the change made, read again and found to differ nowhere else.
    package func applied(
        to source: some Collection<UInt8>,
        limits: Limits = .default
    ) throws(EditError) -> [UInt8] {
        guard !path.isEmpty else { throw .emptyPath }
        if case .literal(let text) = value {
            guard !text.isEmpty, PlainScalar(text).kind != .text else { throw .notALiteral(text) }
        }
        let bytes = Array(source)
        let old = try Self.read(bytes, limits)
        var editor = Editor(edit: self, bytes: bytes, root: old)
        let changed = try editor.changed()
        guard changed != bytes else { return bytes }

        // Whatever the change did that was not meant shows here, if only as an error.
        guard let new = try? Document(parsing: changed, limits: limits).root,
            EditCheck(wanted: value.text).differsOnly(at: path[...], old: old, new: new)
        else { throw .notLocal(path: path) }
        return changed
    }

    private static func read(_ bytes: [UInt8], _ limits: Limits) throws(EditError) -> Node? {
        do throws(YAMLError) {
            return try Document(parsing: bytes, limits: limits).root
        } catch {
            throw .source(error)
        }
    }
}
