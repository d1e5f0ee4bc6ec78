import XCTest

@testable import Manifests

/// Plants one loss after the other in our model of a file, and sees whether a comparison finds it.
struct PlantedLosses {
    /// What is lost.
    enum Kind: String, CaseIterable {
        case service = "a service"
        case key = "a key of a service"
        case lastItem = "the last item of a list"
        case variable = "a variable"
        case definition = "a network, volume, config or secret"
        case inner = "a key further down"
        case value = "a value, for another"
    }

    /// Of how many losses one is planted.
    private let share: Int
    private var next: Int
    private(set) var planted: [Kind: Int] = [:]
    private(set) var missed: [String] = []

    /// Plants one of `share` losses, counted from the one that a seed says.
    init(oneOf share: Int = 1, seed: Int = 0) {
        self.share = share
        next = seed % share
    }

    /// Plants losses in a model.
    mutating func plant(in comparison: CanonicalComparison, against theirs: JSON, _ name: String) {
        guard let ours = comparison.ours, comparison.verdict(against: theirs).unexplained.isEmpty
        else { return }
        for (kind, path, model) in Self.losses(in: ours) {
            next += 1
            // Of definitions there are few.
            guard next % share == 0 || kind == .definition else { continue }
            // What Compose has left out, nothing can be compared with.
            if path.count > 1, path[0] == "services", theirs["services"]?[path[1]] == nil {
                continue
            }
            planted[kind, default: 0] += 1
            var poorer = comparison
            poorer.ours = model
            guard poorer.verdict(against: theirs).unexplained.isEmpty else { continue }
            missed.append("\(name): \(kind.rawValue) at \(path.joined(separator: "."))")
        }
    }

    /// Fails for each loss that was not found, and prints how many there were.
    func report(file: StaticString = #filePath, line: UInt = #line) {
        XCTAssertEqual(missed, [], file: file, line: line)
        for kind in Kind.allCases {
            XCTAssertGreaterThan(planted[kind] ?? 0, 0, kind.rawValue, file: file, line: line)
        }
        let counts = Kind.allCases.map { "\(planted[$0] ?? 0) × \($0.rawValue)" }
        let count = planted.values.reduce(0, +)
        let kinds = counts.joined(separator: ", ")
        print("\(count) losses planted, \(count - missed.count) found: \(kinds)")
    }

    /// Every model that has one thing less, or other, than a model.
    private static func losses(in model: JSON) -> [(kind: Kind, path: [String], model: JSON)] {
        var found: [(Kind, [String], JSON)] = []
        visit(model, at: []) { value, path in
            switch value {
            case .map(let map):
                for (key, entry) in map.sorted(by: { $0.key < $1.key })
                where !saysNothing(entry, at: path + [key]) {
                    guard let kind = kind(of: path + [key]) else { continue }
                    let inner = path + [key]
                    found.append((kind, inner, model.removing(inner[...])))
                }
            case .list(let list) where !list.isEmpty:
                let last = path + ["\(list.count - 1)"]
                found.append((.lastItem, last, model.removing(last[...])))
            case .text, .integer, .decimal, .flag:
                guard path != ["name"] else { return }
                found.append((.value, path, model.replacing(path[...], with: .text("planted"))))
            case .list, .null: return
            }
        }
        return found
    }

    private static func visit(_ value: JSON, at path: [String], _ body: (JSON, [String]) -> Void) {
        body(value, path)
        for (key, entry) in (value.map ?? [:]).sorted(by: { $0.key < $1.key }) {
            visit(entry, at: path + [key], body)
        }
        for (index, item) in (value.list ?? []).enumerated() {
            visit(item, at: path + ["\(index)"], body)
        }
    }

    private static func kind(of path: [String]) -> Kind? {
        switch (path.count, path[0]) {
        case (1, _): nil
        case (2, "services"): .service
        case (2, _): .definition
        case (3, "services"): .key
        case (4, "services") where path[2] == "environment": .variable
        default: .inner
        }
    }

    /// Whether an entry says as much as none, or is what could not be read.
    private static func saysNothing(_ entry: JSON, at path: [String]) -> Bool {
        if path.count == 4, path[2] == "environment" { return false }
        return entry == .null || entry == .map([:])
    }
}

extension JSON {
    /// The value with another one at a path.
    func replacing(_ path: ArraySlice<String>, with value: JSON) -> JSON {
        guard let first = path.first else { return value }
        switch self {
        case .map(var map):
            map[first] = map[first]?.replacing(path.dropFirst(), with: value)
            return .map(map)
        case .list(var list):
            guard let index = Int(first), list.indices.contains(index) else { return self }
            list[index] = list[index].replacing(path.dropFirst(), with: value)
            return .list(list)
        default: return self
        }
    }
}
