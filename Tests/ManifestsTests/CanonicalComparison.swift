import Model
import XCTest
import YAML

@testable import Manifests

/// Our canonical model of a file beside Compose's.
enum CanonicalComparison {
    /// The canonical model of a file by itself.
    static func read(_ bytes: [UInt8], _ env: [String: String]) throws -> (JSON?, [Diagnostic]) {
        let root = try ManifestFile.parse(bytes, path: "manifests/file.yaml")
        var variables = Variables(environmentFile: "environments/prod.yaml", unsetIsEmpty: true)
        variables.values = env.mapValues { Variables.Variable(value: $0) }
        var reader = ItemReader(file: "manifests/file.yaml", kind: .manifest, variables: variables)
        var problems = Problems()
        let value = ManifestKeys.shape.read(reader.read(root), at: "", into: &problems)
        return (value.map { JSON($0) }, problems.diagnostics.filter { $0.severity == .error })
    }

    /// Compares one model, counting what differs by a rule.
    static func compare(
        _ name: String,
        read: () throws -> (JSON?, [Diagnostic]),
        theirs: JSON?,
        error: String?,
        in tally: inout CorpusTally
    ) {
        let ours: JSON?
        let problems: [Diagnostic]
        do {
            (ours, problems) = try read()
        } catch {
            ours = nil
            problems = [error as? Diagnostic].compactMap { $0 }
            guard theirs != nil else { return tally.countEqual() }
            return tally.explain(
                problems.first.flatMap(CanonicalRules.refusal),
                "\(name): \(error)"
            )
        }
        guard var theirs else {
            guard problems.isEmpty else { return tally.countEqual() }
            return tally.explain(nil, "\(name) is taken, not refused: \(error ?? "")")
        }
        var isEqual = true
        for problem in problems {
            isEqual = false
            tally.explain(CanonicalRules.refusal(problem), "\(name): \(problem)")
            theirs = theirs.removing(path(problem.field)[...])
        }
        if case .map(var map) = theirs {
            map["name"] = ours?["name"]
            theirs = .map(map)
        }
        let refused = problems.map { path($0.field) }
        for difference in CanonicalDifference.all(ours: ours, theirs: theirs) {
            if refused.contains(where: { difference.path.starts(with: $0.dropLast()) }) { continue }
            let rule = CanonicalRules.difference(difference) { name in
                ours?["services"]?[name]?["profiles"] != nil
            }
            guard rule != "an image's own command is not written" else { continue }
            isEqual = false
            tally.explain(rule, "\(name): \(difference)")
        }
        if isEqual { tally.countEqual() }
    }

    /// The parts of a field such as `services.web.ports[0]`.
    static func path(_ field: String) -> [String] {
        field.replacing("[", with: ".").replacing("]", with: "").split(separator: ".")
            .map(String.init)
    }
}

extension JSON {
    /// The value without what stands at a path.
    func removing(_ path: ArraySlice<String>) -> JSON {
        guard let first = path.first, case .map(var map) = self else { return self }
        if path.count == 1 {
            map[first] = nil
        } else {
            map[first] = map[first]?.removing(path.dropFirst())
        }
        return .map(map)
    }
}
