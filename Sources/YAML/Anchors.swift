/// The anchors of a document, and what their aliases have cost so far.
struct AnchorTable {
    struct Pending {
        let name: String
        let offset: Int
        /// Where the name ends, which is the place of the node if it is absent.
        let end: Mark
        fileprivate let visited: Int
        fileprivate let deepest: Int
    }

    enum State {
        case open
        /// The node, the nodes in it with aliases resolved, and its levels of collections.
        case closed(Node, visits: Int, height: Int)
    }

    /// The nodes read so far, those that aliases repeat counted again.
    var visited = 0
    /// The deepest level that the innermost open anchor's node has reached.
    var deepest = 0
    private var states: [String: State] = [:]

    subscript(_ name: String) -> State? { states[name] }

    mutating func open(_ name: String, at offset: Int, end: Mark, depth: Int) -> Pending {
        let pending = Pending(
            name: name,
            offset: offset,
            end: end,
            visited: visited,
            deepest: deepest
        )
        deepest = depth
        states[name] = .open
        return pending
    }

    mutating func close(_ pending: Pending, node: Node, depth: Int) {
        states[pending.name] = .closed(
            node,
            visits: visited - pending.visited,
            height: deepest - depth
        )
        deepest = max(deepest, pending.deepest)
    }
}

extension Parser {
    /// Reads `&name`.
    mutating func anchor() throws(YAMLError) -> AnchorTable.Pending {
        let offset = position
        let name = try anchorName("anchor")
        return anchors.open(name, at: offset, end: mark(), depth: depth)
    }

    mutating func close(_ pending: AnchorTable.Pending?, _ node: Node) -> Node {
        guard let pending else { return node }
        anchors.close(pending, node: node, depth: depth)
        return node
    }

    /// Reads `*name` and takes the node it stands for.
    mutating func alias() throws(YAMLError) -> Node {
        let offset = position
        let name = try anchorName("alias")
        switch anchors[name] {
        case nil:
            throw failure(at: offset, "no anchor &\(name) stands above this alias")
                .with(remedy: "Define &\(name) further up, or quote the text.")
        case .open:
            throw failure(
                at: offset,
                "the alias *\(name) stands inside the value that &\(name) names",
                "Move the alias out of that value."
            )
        case .closed(let node, let visits, let height):
            try checkDepth(depth + height, at: offset)
            anchors.deepest = max(anchors.deepest, depth + height)
            anchors.visited += visits
            guard anchors.visited <= limits.aliasExpansion else {
                throw failure(
                    at: offset,
                    "with its aliases resolved the document has more than "
                        + "\(limits.aliasExpansion) values",
                    "Use fewer aliases."
                )
            }
            contentEnd = position
            return node.aliased
        }
    }

    /// Reads the name behind `&` or `*` (`ns-anchor-char+`, YAML 1.2.2 §6.9.2).
    private mutating func anchorName(_ what: String) throws(YAMLError) -> String {
        let indicator = position
        position += 1
        let start = position
        while !byte.isSeparator, !byte.isFlowIndicator { position += 1 }
        guard position > start else {
            throw failure(at: indicator, "the \(what) has no name")
                .with(remedy: "Name it, or quote the text if it is meant to start like this.")
        }
        let name = source.bytes[start..<position]
        let word = name.prefix { $0.isLetterOrDigit || $0 == .hyphen || $0 == UInt8(ascii: "_") }
        if let next = name.dropFirst(word.count).first, !word.isEmpty, ":?%@`".utf8.contains(next) {
            // YAML 1.2.2 reads on, and libyaml takes the name to end before such a character.
            throw failure(
                at: word.endIndex,
                "YAML readers disagree whether the \(what) \(text(from: start, to: word.endIndex)) "
                    + "ends before this character",
                "Put a space before it, or use only letters, digits, - and _ in the name."
            )
        }
        return text(from: start, to: position)
    }

    func secondAnchor(at offset: Int) -> YAMLError {
        failure(at: offset, "the value has two anchors", "Keep one of them.")
    }

    func anchoredAlias(_ pending: AnchorTable.Pending) -> YAMLError {
        failure(at: pending.offset, "an alias cannot have an anchor of its own")
            .with(remedy: "Remove &\(pending.name), and use the first anchor's name.")
    }
}
