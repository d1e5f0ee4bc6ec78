internal import Model
internal import YAML

/// Keys are texts: YAML takes `1:` for a number and `true:` for a truth value, and Compose refuses
/// both.
enum KeyText {
    /// What is wrong with the keys of a document, wherever they stand.
    static func problems(in root: Node, of file: String) -> [Diagnostic] {
        var found: [Diagnostic] = []
        add(root, at: "", file, to: &found)
        return found
    }

    private static func add(
        _ node: Node,
        at field: String,
        _ file: String,
        to found: inout [Diagnostic]
    ) {
        // What an alias stands for is looked at where it is written.
        guard !node.isAlias, found.count < Problems.most else { return }
        switch node.content {
        case .scalar: break
        case .sequence(let items):
            for (index, item) in items.enumerated() {
                add(item, at: "\(field)[\(index)]", file, to: &found)
            }
        case .mapping(let mapping):
            for entry in mapping.entries where !entry.isMerged {
                let place = field.isEmpty ? entry.name : "\(field).\(entry.name)"
                if let scalar = entry.key.scalar, scalar.isPlain,
                    PlainScalar(scalar.text).kind != .text
                {
                    let mark = entry.key.mark
                    found.append(
                        Diagnostic(
                            at: SourceLocation(file: file, line: mark.line, column: mark.column),
                            field: place,
                            "a key is a text, and YAML takes \(scalar.text) for something else",
                            remedy: "quote it: \"\(scalar.text)\":"
                        )
                    )
                }
                add(entry.value, at: place, file, to: &found)
            }
        }
    }
}
