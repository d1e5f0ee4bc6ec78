internal import Controller
internal import Foundation
internal import Manifests

/// What `berth init --from` is given, and what it finds beside the Compose file and on the host.
struct InitSource {
    let composeImport: ComposeImport.Source
    private(set) var notes: [String] = []

    init(_ path: String, into tree: WorkingTree, _ context: Context) async throws {
        let bytes = try WorkingTree(path: ".").required(path)
        let file = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        let place = file.deletingLastPathComponent().path
        var source = ComposeImport.Source(
            bytes: bytes,
            path: path,
            folder: Self.relativeFolder(place, in: tree.path),
            variables: try Self.variables(context, beside: place),
            other: { try tree.committed($0) }
        )
        let beside = WorkingTree(path: place)
        source.beside = { try beside.read($0) }
        source.place = place
        source.home = context.environment["HOME"]?.nonEmpty ?? "/root"
        source.images = try context.pairs(.image, "SERVICE=IMAGE", mayBeEmpty: false)
        source.harmless = Set(context.arguments.all(.noSecret))
        source.data = try Self.folder(.data, context)
        let project = context.arguments[.project]
        if let project, let correction = ProjectName.correction(of: project) {
            throw UsageError.badValue("project", given: project, expected: correction)
        }
        let running =
            project == nil
            ? await ComposeProject.running(from: file.path, engine: context.engine) : []
        if running.count > 1 {
            let names = running.joined(separator: ", ")
            throw UsageError.missingOption("project", why: "\(names) run from \(path)")
        }
        if let name = running.first {
            notes.append("the Compose project \(name) runs from this file")
        }
        source.project = project ?? running.first
        let name = source.project ?? Self.projectName(of: source, place)
        source.variables["COMPOSE_PROJECT_NAME"] = name
        source.secrets = try Self.folder(.secretsDirectory, context) ?? "/etc/berth/\(name)"
        guard Self.relativeFolder(source.secrets, in: tree.path) == nil else {
            let expected = "a folder outside of the repository, which is committed to git"
            throw UsageError.badValue("secrets-dir", given: source.secrets, expected: expected)
        }
        composeImport = source
    }

    /// The values of `--set` win over those of the files, of which later ones win.
    private static func variables(
        _ context: Context,
        beside folder: String
    ) throws -> [String: String] {
        let settings = try context.settings()
        let given = context.arguments.all(.envFile)
        var variables: [String: String] = [:]
        let usual = "\(folder)/.env"
        for path in given.isEmpty ? [usual] : given {
            let tree = WorkingTree(path: ".")
            guard let bytes = given.isEmpty ? try tree.read(path) : try tree.required(path) else {
                continue
            }
            let known = variables.merging(settings) { $1 }
            let read = try ComposeVariables.read(bytes, path: path, known: known)
            variables.merge(read) { $1 }
        }
        return variables.merging(settings) { $1 }
    }

    private static func folder(_ flag: Flag, _ context: Context) throws(UsageError) -> String? {
        guard let text = context.arguments[flag] else { return nil }
        guard text.hasPrefix("/") else {
            throw .badValue(flag.name, given: text, expected: "an absolute path on the host")
        }
        return text
    }

    /// The name that Compose uses for a project: `.env`'s, the file's, or the folder's.
    private static func projectName(of source: ComposeImport.Source, _ place: String) -> String {
        let given = source.variables["COMPOSE_PROJECT_NAME"] ?? ""
        let own = ComposeFile.projectName(in: source.bytes, variables: source.variables) ?? ""
        let folder = URL(fileURLWithPath: place).lastPathComponent
        let names = [given, own, folder].map(ProjectName.normalised)
        return names.first { !$0.isEmpty } ?? "default"
    }

    /// The folder from the repository's root; nil where it lies outside.
    private static func relativeFolder(_ place: String, in root: String) -> String? {
        let folder = URL(fileURLWithPath: place).standardizedFileURL.resolvingSymlinksInPath()
            .pathComponents
        let start = URL(fileURLWithPath: root).standardizedFileURL.resolvingSymlinksInPath()
            .pathComponents
        guard folder.starts(with: start) else { return nil }
        return folder.dropFirst(start.count).joined(separator: "/")
    }
}
