// The libFuzzer target for the YAML reader; Tests/Fuzz/yaml.sh builds and runs it.

/// Holds the reader to what it promises for any bytes: a value or an error, and places that lie
/// inside the source.
private struct Check {
    let count: Int

    func run(_ source: [UInt8]) {
        do throws(YAMLError) {
            guard let root = try Document(parsing: source).root else { return }
            check(root, depth: 0)
        } catch {
            precondition((0...count).contains(error.mark.offset))
            precondition(error.mark.line > 0 && error.mark.column > 0)
            precondition(!error.description.isEmpty)
        }
    }

    private func check(_ node: Node, depth: Int) {
        precondition(depth <= Limits.default.depth)
        precondition(node.range.lowerBound == node.mark.offset)
        precondition(node.range.upperBound <= count)
        switch node.content {
        case .scalar(let scalar):
            if scalar.isPlain { _ = PlainScalar(scalar.text).rewritten }
        case .sequence(let items):
            for item in items {
                check(item, depth: depth + 1)
            }
        case .mapping(let mapping):
            for entry in mapping.entries {
                precondition(entry.key.scalar != nil)
                precondition(mapping[entry.name] != nil)
                check(entry.key, depth: depth)
                check(entry.value, depth: depth + 1)
            }
        }
    }
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let source = Array(UnsafeBufferPointer(start: bytes, count: count))
    Check(count: count).run(source)
    return 0
}
