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
                tally.explain(rule(difference, overlay: alone), "\(row.id): \(difference)")
            }
            if isEqual { tally.countEqual() }
        }
        tally.report()
    }

    /// Lists are replaced, and so is what stands in them; so are maps of a log driver's options.
    private func rule(_ difference: CanonicalDifference, overlay: JSON?) -> String? {
        for count in stride(from: difference.path.count, through: 1, by: -1) {
            guard let said = overlay?[Array(difference.path.prefix(count))] else { continue }
            if case .list = said { return "lists are replaced" }
        }
        if difference.path.contains("NIL"), difference.ours == nil {
            return "null takes a key away"
        }
        if difference.path.contains("ulimits") { return "a limit has both values" }
        if difference.path.contains("logging") { return "maps merge, whatever the driver" }
        return nil
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
