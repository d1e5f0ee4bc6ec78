enum Cycle {
    private enum Mark { case open, done }

    /// The names on one circle, the first repeated at the end; nil where there is none.
    ///
    /// Walks without recursion, so that a long chain costs no stack.
    static func find(in edges: [String: [String]]) -> [String]? {
        var marks: [String: Mark] = [:]
        for start in edges.keys.sorted() where marks[start] == nil {
            var path: [(name: String, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (name, next) = path.last {
                let targets = edges[name] ?? []
                guard next < targets.count else {
                    marks[name] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = targets[next]
                switch marks[target] {
                case .done: continue
                case .open:
                    let names = path.map(\.name)
                    let first = names.firstIndex(of: target) ?? 0
                    return Array(names[first...]) + [target]
                case nil:
                    marks[target] = .open
                    path.append((target, 0))
                }
            }
        }
        return nil
    }
}
