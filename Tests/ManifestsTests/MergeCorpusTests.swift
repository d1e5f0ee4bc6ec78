import Model
import TestSupport
import XCTest
import YAML

@testable import Manifests

/// Compose's merges against our overlay: maps merge as there, everything else is replaced.
final class MergeCorpusTests: XCTestCase {
    private struct Row: Decodable {
        var id: String
        var base: String
        var override: String
        var merged: JSON?
    }

    func testMerges() throws {
        var tally = CorpusTally("merge")
        for row in try CorpusFile("compose-go/merge.jsonl").rows(as: Row.self) {
            guard let merged = row.merged else { continue }
            let base = try item(row.base)
            let overlay = try item(row.override)
            var problems = Problems()
            let ours = canonical(ManifestKeys.shape.merged(base, with: overlay), &problems)
            let theirs = canonical(merged.item, &problems)
            let alone = canonical(overlay, &problems)
            var isEqual = problems.diagnostics.isEmpty
            for problem in problems.diagnostics where problem.severity == .error {
                let isPartial = problem.message.contains("is missing")
                let rule = isPartial ? "a limit has both values" : CanonicalRules.refusal(problem)
                tally.explain(rule, "\(row.id): \(problem)")
            }
            for difference in CanonicalDifference.all(ours: ours, theirs: theirs) {
                isEqual = false
                let rule = rule(difference, ours: ours, overlay: alone)
                tally.explain(rule, "\(row.id): \(difference)")
            }
            if isEqual { tally.countEqual() }
        }
        tally.report()
    }

    /// Lists are replaced, and so is what stands in them; so are maps of a log driver's options.
    private func rule(
        _ difference: CanonicalDifference,
        ours: JSON?,
        overlay: JSON?
    ) -> String? {
        let path = difference.path
        for count in stride(from: path.count, through: 1, by: -1) {
            let list = Array(path.prefix(count))
            guard let said = overlay?[list] else { continue }
            if case .list = said { return ours?[list] == said ? "lists are replaced" : nil }
        }
        if path.last == "NIL", difference.ours == nil { return "null takes a key away" }
        guard path.count > 3, path[0] == "services" else { return nil }
        switch path[2] {
        case "ulimits": return "a limit has both values"
        case "logging" where path[3] == "options": return "maps merge, whatever the driver"
        default: return nil
        }
    }

    private func item(_ text: String) throws -> Item {
        let root = try XCTUnwrap(Document(parsing: text).root)
        var reader = ItemReader(file: "f", kind: .manifest)
        return ManifestKeys.shape.normalised(reader.read(root))
    }

    private func canonical(_ item: Item, _ problems: inout Problems) -> JSON? {
        ManifestKeys.shape.read(item, at: "", into: &problems).map { JSON($0) }
    }
}
