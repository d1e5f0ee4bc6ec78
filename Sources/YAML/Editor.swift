/// Works out where an edit changes the source, and in what style.
struct Editor {
    let edit: Edit
    let bytes: [UInt8]
    let root: Node?

    /// Bytes to put in the place of others.
    struct Splice {
        let range: Range<Int>
        let text: String
    }

    private var splices: [Splice] = []

    init(edit: Edit, bytes: [UInt8], root: Node?) {
        self.edit = edit
        self.bytes = bytes
        self.root = root
    }

    mutating func changed() throws(EditError) -> [UInt8] {
        try locate()
        var changed: [UInt8] = []
        var kept = 0
        for splice in splices {
            changed.append(contentsOf: bytes[kept..<splice.range.lowerBound])
            changed.append(contentsOf: splice.text.utf8)
            kept = splice.range.upperBound
        }
        changed.append(contentsOf: bytes[kept...])
        return changed
    }

    /// Follows the path as far as it exists, and plans the change there.
    private mutating func locate() throws(EditError) {
        guard var node = root else {
            return addLines(edit.path[...], indentation: 0, below: bytes.count, near: [])
        }
        var walked: [String] = []
        // The maps walked through, the innermost last.
        var maps: [Node] = []
        for key in edit.path {
            guard let mapping = node.mapping else {
                throw .notAMap(path: walked, mark: node.mark)
            }
            maps.append(node)
            walked.append(key)
            guard let entry = mapping.entry(key) else {
                return add(edit.path[(walked.count - 1)...], to: node, near: maps)
            }
            if entry.isMerged { throw .merged(path: walked, mark: entry.key.mark) }
            if entry.value.isAlias { throw .aliased(path: walked, mark: entry.key.mark) }
            let rest = edit.path[walked.count...]
            if !rest.isEmpty, isVacant(entry.value) {
                return fill(entry.value, in: node, with: rest, near: maps)
            }
            node = entry.value
        }
        guard let scalar = node.scalar else { throw .notAScalar(path: walked, mark: node.mark) }
        try replace(node, scalar, inFlow: maps.last.map(isFlow) ?? false, near: maps)
    }

    /// Whether a value is one that a map can take the place of: absent, null or `{}`.
    private func isVacant(_ node: Node) -> Bool {
        node.isNull || node.mapping?.isEmpty ?? false
    }

    func isFlow(_ map: Node) -> Bool {
        bytes[map.range.lowerBound] == .leftBrace
    }

    // MARK: A value that is there

    private mutating func replace(
        _ node: Node,
        _ scalar: Scalar,
        inFlow: Bool,
        near maps: [Node]
    ) throws(EditError) {
        guard !means(scalar) else { return }
        let style: Scalar.Style
        switch scalar.style {
        case .literal, .folded:
            let header = bytes[node.range].prefix { !$0.endsLine }
            guard !header.contains(.hash) else {
                throw .commentInside(path: edit.path, mark: node.mark)
            }
            style = .plain
        case .plain where scalar.isNull:
            style = neighbourStyle(maps)
        case .plain, .singleQuoted, .doubleQuoted:
            style = scalar.style
        }
        let text = written(style: style, replacing: scalar, inFlow: inFlow)
        splices.append(Splice(range: node.range, text: gap(before: node, inFlow: inFlow) + text))
    }

    /// Whether a scalar says what the edit wants already.
    private func means(_ scalar: Scalar) -> Bool {
        guard scalar.text.utf8.elementsEqual(edit.value.text.utf8) else { return false }
        return switch edit.value {
        case .literal: scalar.isPlain
        case .text(let text):
            !scalar.isPlain || !scalar.isNull && PlainScalar(text).rewritten == nil
        }
    }

    /// What has to stand between an absent value's place and a value put there.
    private func gap(before node: Node, inFlow: Bool) -> String {
        guard node.range.isEmpty else { return "" }
        let before = bytes[..<node.range.lowerBound]
        // In a flow map the key may lack its colon; behind an anchor the colon stands further
        // ahead.
        let word = before.reversed().prefix { !$0.isSeparator && !$0.isFlowIndicator }
        let needsColon = inFlow && before.last != .colon && word.last != .ampersand
        return needsColon ? ": " : " "
    }

    /// The new value as it is to be written, perhaps in the place of an old one.
    private func written(style: Scalar.Style, replacing old: Scalar?, inFlow: Bool) -> String {
        switch edit.value {
        case .literal(let text):
            return text
        case .text(let text):
            let plain = PlainScalar(text)
            let isSameType =
                old.map { $0.isPlain && plain.kind.isSameType(as: PlainScalar($0.text).kind) }
                ?? false
            if isSameType, plain.rewritten == nil, ScalarWriter.isPlainSyntax(text, inFlow: inFlow)
            {
                return text
            }
            return ScalarWriter.write(text, style: style, inFlow: inFlow)
        }
    }

    // MARK: A value that is missing

    private mutating func add(_ keys: ArraySlice<String>, to map: Node, near maps: [Node]) {
        guard isFlow(map) else {
            addLines(
                keys,
                indentation: map.mark.column - 1,
                below: map.range.upperBound,
                near: maps
            )
            return
        }
        let text = flowEntry(keys, near: maps)
        if let last = map.mapping?.entries.last, !last.isMerged, !last.value.isAlias {
            let end = last.value.range.upperBound
            splices.append(Splice(range: end..<end, text: ", " + text))
            return
        }
        let inner = bytes[map.range.lowerBound..<map.range.upperBound - 1]
        let end = (inner.lastIndex { !$0.isSeparator } ?? inner.startIndex) + 1
        let isFirst = end == inner.startIndex + 1
        let comma = isFirst ? "" : bytes[end - 1] == .comma ? " " : ", "
        splices.append(Splice(range: end..<end, text: comma + text))
    }

    /// Puts a map in the place of a vacant value.
    private mutating func fill(
        _ value: Node,
        in map: Node,
        with keys: ArraySlice<String>,
        near maps: [Node]
    ) {
        guard !isFlow(map) else {
            let text = gap(before: value, inFlow: true) + "{" + flowEntry(keys, near: maps) + "}"
            splices.append(Splice(range: value.range, text: text))
            return
        }
        if !value.range.isEmpty {
            let start = bytes[..<value.range.lowerBound].lastIndex { !$0.isBlank } ?? 0
            splices.append(Splice(range: start + 1..<value.range.upperBound, text: ""))
        }
        let indentation = map.mark.column - 1 + indentationStep(near: map)
        addLines(keys, indentation: indentation, below: value.range.upperBound, near: maps)
    }

    private func flowEntry(_ keys: ArraySlice<String>, near maps: [Node]) -> String {
        let value = written(style: neighbourStyle(maps), replacing: nil, inFlow: true)
        let inner = keys.dropFirst().reversed().reduce(value) { inner, key in
            "{" + ScalarWriter.write(key, style: .plain, inFlow: true) + ": " + inner + "}"
        }
        return ScalarWriter.write(keys.first ?? "", style: .plain, inFlow: true) + ": " + inner
    }

    /// Adds the keys, each below the one before, on lines after the one that `offset` lies on.
    private mutating func addLines(
        _ keys: ArraySlice<String>,
        indentation: Int,
        below offset: Int,
        near maps: [Node]
    ) {
        let step = indentationStep(near: maps.last)
        var lines = keys.enumerated().map { level, key in
            String(repeating: " ", count: indentation + level * step)
                + ScalarWriter.write(key, style: .plain, inFlow: false) + ":"
        }
        let value = written(style: neighbourStyle(maps), replacing: nil, inFlow: false)
        lines[lines.count - 1] += " " + value

        let newline = usesCRLF ? "\r\n" : "\n"
        let start: Int? =
            if offset == bytes.count, bytes.last ?? .lineFeed == .lineFeed {
                offset
            } else {
                bytes[offset...].firstIndex(of: .lineFeed).map { $0 + 1 }
            }
        if let start {
            let text = lines.map { $0 + newline }.joined()
            splices.append(Splice(range: start..<start, text: text))
        } else {
            let text = lines.map { newline + $0 }.joined()
            splices.append(Splice(range: bytes.count..<bytes.count, text: text))
        }
    }
}

// MARK: - The neighbours' style

extension Editor {
    private var usesCRLF: Bool {
        guard let lineFeed = bytes.firstIndex(of: .lineFeed), lineFeed > 0 else { return false }
        return bytes[lineFeed - 1] == .carriageReturn
    }

    /// The style of the same key in the maps beside, else that of the last text beside the new key.
    ///
    /// `maps` are those the path leads through; there may be fewer than keys.
    private func neighbourStyle(_ maps: [Node]) -> Scalar.Style {
        let holder = edit.path.count - 1
        let key = edit.path[holder]
        if holder > 0, maps.count >= holder, let around = maps[holder - 1].mapping {
            for entry in around.entries.reversed() {
                if let style = entry.value[key]?.scalar?.inlineStyle { return style }
            }
        }
        guard maps.count > holder, let beside = maps[holder].mapping else { return .plain }
        for entry in beside.entries.reversed() where !entry.isMerged {
            guard let scalar = entry.value.scalar, let style = scalar.inlineStyle,
                style != .plain || PlainScalar(scalar.text).kind == .text
            else { continue }
            return style
        }
        return .plain
    }

    /// By how much maps inside maps are indented here: in the map given, else in the document.
    private func indentationStep(near map: Node?) -> Int {
        let usual = 2
        return map.flatMap(indentationStep(in:)) ?? root.flatMap(indentationStep(in:)) ?? usual
    }

    private func indentationStep(in node: Node) -> Int? {
        guard !node.isAlias else { return nil }
        switch node.content {
        case .scalar:
            return nil
        case .sequence(let items):
            return items.lazy.compactMap(indentationStep(in:)).first
        case .mapping(let mapping):
            guard !mapping.isEmpty, !isFlow(node) else { return nil }
            let children = mapping.entries.lazy.filter { !$0.isMerged && !$0.value.isAlias }
            for child in children.map(\.value) {
                if let inner = child.mapping, !inner.isEmpty, !isFlow(child) {
                    return child.mark.column - node.mark.column
                }
            }
            return children.lazy.compactMap { indentationStep(in: $0.value) }.first
        }
    }
}

extension Scalar {
    /// The style, if it is one that a value on one line can take over.
    fileprivate var inlineStyle: Style? {
        switch style {
        case .plain: isNull ? nil : .plain
        case .singleQuoted, .doubleQuoted: style
        case .literal, .folded: nil
        }
    }
}

extension PlainScalar.Kind {
    /// Whether two values are both booleans or both numbers.
    fileprivate func isSameType(as other: Self) -> Bool {
        switch (self, other) {
        case (.boolean, .boolean): true
        case (.integer, .integer), (.integer, .unsigned), (.integer, .float),
            (.unsigned, .integer), (.unsigned, .unsigned), (.unsigned, .float),
            (.float, .integer), (.float, .unsigned), (.float, .float):
            true
        default: false
        }
    }
}
