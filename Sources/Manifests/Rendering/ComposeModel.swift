/// The effective Compose model of an environment: manifests and overlay merged, variables filled
/// in, every short form written out.
///
/// It is the form that Compose itself calls canonical (compose-go@e70e961), for all that is
/// supported here.
package struct ComposeModel: Sendable {
    package var root: ComposeValue

    package init(root: ComposeValue) { self.root = root }

    /// The model as YAML, which Compose reads again; `withOrigins` adds comments.
    package func yaml(withOrigins: Bool = false) -> String {
        var writer = YAMLWriter(showsOrigins: withOrigins)
        return writer.write(root)
    }

    /// The model as JSON; with origins, an object of `model` and `origins` by field.
    package func json(withOrigins: Bool = false) -> String {
        guard withOrigins else { return JSONWriter.write(root.jsonNode) }
        let origins = origins.map { ($0.field, SchemaNode.text($0.origin.description)) }
        return JSONWriter.write(.object([("model", root.jsonNode), ("origins", .object(origins))]))
    }

    /// Where every single value comes from, by field, as in `services.web.ports[0].target`.
    package var origins: [(field: String, origin: Origin)] {
        var found: [(String, Origin)] = []
        root.collectOrigins("", into: &found)
        return found
    }
}

extension ComposeValue {
    fileprivate func collectOrigins(_ field: String, into found: inout [(String, Origin)]) {
        switch content {
        case .map(let map) where !map.isEmpty:
            for (key, value) in map {
                value.collectOrigins(field.isEmpty ? key : "\(field).\(key)", into: &found)
            }
        case .list(let list) where !list.isEmpty:
            for (index, value) in list.enumerated() {
                value.collectOrigins("\(field)[\(index)]", into: &found)
            }
        default: found.append((field, origin))
        }
    }

    /// The value as JSON has it: durations, sizes and permission bits are texts.
    var jsonNode: SchemaNode {
        switch content {
        case .null, .unreadable: .null
        case .boolean(let flag): .flag(flag)
        case .integer(let number), .bits(let number): .number(number)
        case .decimal(let number): .decimal(number)
        case .list(let values): .list(values.map(\.jsonNode))
        case .map(let map): .object(map.map { ($0.key, $0.value.jsonNode) })
        case .string, .duration, .bytes, .mode: .text(scalarText ?? "")
        }
    }

    /// The text of a scalar that is written as one.
    var scalarText: String? {
        switch content {
        case .string(let text): text
        case .duration(let duration): DurationText.format(duration)
        case .bytes(let count): "\(count)"
        case .mode(let mode): ModeText.octal(mode)
        case .null, .unreadable, .boolean, .integer, .bits, .decimal, .list, .map: nil
        }
    }
}
