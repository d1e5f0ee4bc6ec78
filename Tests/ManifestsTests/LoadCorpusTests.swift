import Model
import TestSupport
import XCTest
import YAML

@testable import Manifests

/// Whole loads of compose-go's own tests: options, normalisation and consistency checks included.
final class LoadCorpusTests: XCTestCase {
    private struct Row: Decodable {
        struct File: Decodable {
            var content: String?
            var filename: String?
        }
        struct Options: Decodable {
            var SelectedServices: [String]?
        }

        var id: String
        var working_dir: String?
        var environment: [String: String]?
        var options: Options?
        var files: [File]
        var project: JSON?
        var error: String?
    }

    func testLoads() throws {
        var tally = CorpusTally("load")
        for row in try CorpusFile("compose-go/load.jsonl").rows(as: Row.self) {
            guard row.files.count == 1, let content = row.files[0].content else {
                tally.count(rule: "overlays are ours (see merge)")
                continue
            }
            if row.options?.SelectedServices != nil {
                tally.count(rule: "services are selected by listing them")
                continue
            }
            if row.error?.contains("project name") == true {
                tally.count(rule: "an environment's name is the project's")
                continue
            }
            let environment = row.environment ?? [:]
            var comparison = CanonicalComparison(Array(content.utf8), environment)
            if comparison.problems.isEmpty, row.error != nil {
                comparison.problems = Self.consistency(of: content, environment)
            }
            comparison.ours = comparison.ours?.mapTexts { Self.cleaned($0) }
            comparison.source = comparison.source?.mapTexts { Self.cleaned($0) }
            let source = comparison.source
            let theirs = row.project.map { Self.plain($0, row, writtenAs: source) }
            comparison.count(row.id, theirs: theirs, error: row.error, in: &tally)
        }
        tally.report()
    }

    /// What is wrong when an environment lists all services of a file and allows everything.
    private static func consistency(
        of content: String,
        _ variables: [String: String]
    ) -> [Diagnostic] {
        guard let root = try? Document(parsing: content).root,
            let services = root["services"]?.mapping
        else { return [] }
        var environment = "policy: { floating_tags: allow, host_paths: [/] }\nservices:\n"
        for entry in services.entries { environment += "  \(entry.name): {}\n" }
        let fleet = SampleFleet.of(content, environment)
        return fleet.validate().filter { $0.severity == .error }
    }

    /// Paths as they were before compose-go made them absolute.
    private static func plain(_ project: JSON, _ row: Row, writtenAs source: JSON?) -> JSON {
        let root = row.working_dir.flatMap { $0.isEmpty ? nil : $0 } ?? "/nowhere"
        var project = project.mapTexts { text in
            if text == root { return "." }
            return root != "/" && text.hasPrefix(root + "/")
                ? String(text.dropFirst(root.count + 1)) : cleaned(text)
        }
        project = project.replacing("services") { services in
            var services = services
            for (name, service) in services
            where service["networks"] == .map(["default": .null])
                && source?["services"]?[name]?["networks"] == nil
            {
                services[name] = service.removing(["networks"])
            }
            return services
        }
        for section in ["networks", "volumes", "configs", "secrets"] {
            project = project.replacing(section) { entries in
                var entries = entries
                if section == "networks", source?["networks"]?["default"] == nil {
                    entries["default"] = nil
                }
                for (key, entry) in entries where source?[section]?[key]?["name"] == nil {
                    guard let name = entry["name"]?.text,
                        name.hasSuffix("_\(key)") || name == key
                    else { continue }
                    entries[key] = entry.removing(["name"])
                }
                return entries
            }
        }
        return project
    }

    private static func cleaned(_ text: String) -> String {
        text.hasPrefix("./") || text.hasPrefix("../") ? PathText.cleaned(text) : text
    }
}

extension JSON {
    func mapTexts(_ transform: (String) -> String) -> JSON {
        switch self {
        case .text(let text): .text(transform(text))
        case .list(let list): .list(list.map { $0.mapTexts(transform) })
        case .map(let map): .map(map.mapValues { $0.mapTexts(transform) })
        default: self
        }
    }

    func replacing(_ key: String, _ transform: ([String: JSON]) -> [String: JSON]) -> JSON {
        guard case .map(var map) = self, case .map(let inner)? = map[key] else { return self }
        map[key] = .map(transform(inner))
        return .map(map)
    }
}
