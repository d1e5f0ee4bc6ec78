import Model
import XCTest
import YAML

@testable import Manifests

/// Our canonical model of a file beside Compose's.
struct CanonicalComparison {
    /// Our model; nil where the file as a whole is refused.
    var ours: JSON?
    /// What we refuse in the file.
    var problems: [Diagnostic]
    /// The file as it is written.
    var source: JSON?

    /// Reads a file by itself.
    init(_ bytes: [UInt8], _ env: [String: String]) {
        problems = []
        do throws(Diagnostic) {
            let root = try ManifestFile.parse(bytes, path: "manifests/file.yaml")
            source = JSON(written: root)
            var variables = Variables(
                environmentFile: "environments/prod.yaml",
                unsetIsEmpty: true
            )
            variables.values = env.mapValues { Variables.Variable(value: $0) }
            var reader = ItemReader(
                file: "manifests/file.yaml",
                kind: .manifest,
                variables: variables
            )
            var found = Problems()
            found.report(KeyText.problems(in: root, of: "manifests/file.yaml"))
            let value = ManifestKeys.shape.read(reader.read(root), at: "", into: &found)
            ours = value.map { JSON($0.withBareNamesOfServices(from: variables)) }
            problems = found.diagnostics.filter { $0.severity == .error }
        } catch {
            problems = [error]
        }
    }

    /// What comes of a comparison: the rules by which the models differ, and what no rule explains.
    struct Verdict {
        var rules: [String] = []
        var unexplained: [String] = []
    }

    /// Compares our model with Compose's.
    ///
    /// A difference is excused at its own path, and for a cause that the file itself shows: a field
    /// that is refused there, or a rule of ``CanonicalRules``.
    func verdict(against theirs: JSON) -> Verdict {
        var verdict = Verdict()
        for problem in problems {
            if let rule = CanonicalRules.refusal(problem) {
                verdict.rules.append(rule)
            } else {
                verdict.unexplained.append("\(problem)")
            }
        }
        guard let ours else { return verdict }
        let rules = CanonicalRules(ours: ours, theirs: theirs, source: source)
        // An empty service differs by its name alone.
        let names = [ours, theirs].map { Set(($0["services"]?.map ?? [:]).keys) }
        for name in names[0].symmetricDifference(names[1]) {
            if rules.isProfiled(name) || rules.isIncluded(name) { continue }
            verdict.unexplained.append("services.\(name) is in one of the models alone")
        }
        verdict.unexplained += rules.lostFiles
        let refused = Set(problems.map { Self.path($0.field) })
        for difference in CanonicalDifference.all(ours: ours, theirs: theirs) {
            if difference.isInside(refused) { continue }
            if let rule = rules.rule(of: difference) {
                if !CanonicalRules.inAllFiles.contains(rule) { verdict.rules.append(rule) }
            } else {
                verdict.unexplained.append("\(difference)")
            }
        }
        return verdict
    }

    /// Compares with Compose's model, or its error, counting what differs by a rule.
    func count(_ name: String, theirs: JSON?, error: String?, in tally: inout CorpusTally) {
        guard let theirs else {
            guard problems.isEmpty else { return tally.countEqual() }
            return tally.explain(nil, "\(name) is taken, not refused: \(error ?? "")")
        }
        let verdict = verdict(against: theirs)
        for rule in verdict.rules { tally.count(rule: rule) }
        for difference in verdict.unexplained { tally.explain(nil, "\(name): \(difference)") }
        if verdict.rules.isEmpty, verdict.unexplained.isEmpty { tally.countEqual() }
    }

    /// A field such as `services.web.ports[0]` as the path of a difference is written.
    private static func path(_ field: String) -> String {
        field.replacing("[", with: ".").replacing("]", with: "")
    }
}

extension CanonicalDifference {
    /// Whether it is at one of these paths or below it, name by name: `a.b` may be one name.
    func isInside(_ paths: Set<String>) -> Bool {
        (1...max(1, path.count)).contains { paths.contains(path.prefix($0).joined(separator: ".")) }
    }
}

extension JSON {
    /// A document as it is written: texts and nothing else, for questions about what it says.
    init(written node: Node) {
        switch node.content {
        case .scalar(let scalar): self = scalar.isNull ? .null : .text(scalar.text)
        case .sequence(let items): self = .list(items.map { JSON(written: $0) })
        case .mapping(let mapping):
            let entries = mapping.entries.map { ($0.name, JSON(written: $0.value)) }
            self = .map(Dictionary(entries) { first, _ in first })
        }
    }

    /// The value without what stands at a path.
    func removing(_ path: ArraySlice<String>) -> JSON {
        guard let first = path.first else { return self }
        switch self {
        case .map(var map):
            map[first] = path.count == 1 ? nil : map[first]?.removing(path.dropFirst())
            return .map(map)
        case .list(var list):
            guard let index = Int(first), list.indices.contains(index) else { return self }
            if path.count == 1 {
                list.remove(at: index)
            } else {
                list[index] = list[index].removing(path.dropFirst())
            }
            return .list(list)
        default: return self
        }
    }
}
