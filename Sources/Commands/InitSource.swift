internal import Controller
internal import Foundation
internal import Manifests

/// What `berth init --from` is given, and what it finds beside the Compose file and on the host.
struct InitSource {
    /// What is taken over.
    let composeImport: ComposeImport.Source
    /// What the user has to know about where it comes from.
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
        source.images = try Self.images(context)
        source.harmless = Set(context.arguments.all(.noSecret))
        source.data = try Self.folder(.data, context)
        let project = try Self.project(context)
        let running = project == nil ? await Self.runningProjects(of: file.path, context) : []
        if running.count > 1 {
            throw UsageError.missingOption(
                Flag.project.name,
                why: "\(running.joined(separator: ", ")) run from \(path)"
            )
        }
        if let name = running.first {
            notes.append("the Compose project \(name) runs from this file")
        }
        source.project = project ?? running.first
        let name = source.project ?? Self.projectName(of: source, place)
        source.variables["COMPOSE_PROJECT_NAME"] = name
        source.secrets = try Self.folder(.secretsDirectory, context) ?? "/etc/berth/\(name)"
        guard Self.relativeFolder(source.secrets, in: tree.path) == nil else {
            throw UsageError.badValue(
                Flag.secretsDirectory.name,
                given: source.secrets,
                wanted: "a folder outside of the repository, which goes to git"
            )
        }
        composeImport = source
    }

    /// The values of `--set`, before those of the files, of which later ones win.
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

    private static func images(_ context: Context) throws(UsageError) -> [String: String] {
        var images: [String: String] = [:]
        for text in context.arguments.all(.image) {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                let wanted = "a service, = and its image, as web=ghcr.io/team/web:1.4.2"
                throw .badValue(Flag.image.name, given: text, wanted: wanted)
            }
            images[String(parts[0])] = String(parts[1])
        }
        return images
    }

    private static func folder(_ flag: Flag, _ context: Context) throws(UsageError) -> String? {
        guard let text = context.arguments[flag] else { return nil }
        guard text.hasPrefix("/") else {
            throw .badValue(flag.name, given: text, wanted: "an absolute path on the host")
        }
        return text
    }

    // MARK: Project

    private static func project(_ context: Context) throws(UsageError) -> String? {
        guard let name = context.arguments[.project] else { return nil }
        if let correction = ProjectName.correction(of: name) {
            throw .badValue(Flag.project.name, given: name, wanted: "write \(correction)")
        }
        return name
    }

    /// The name that Compose gives a project: `.env`'s, the file's, or the folder's.
    private static func projectName(of source: ComposeImport.Source, _ place: String) -> String {
        let given = source.variables["COMPOSE_PROJECT_NAME"] ?? ""
        let own = ComposeFile.projectName(in: source.bytes, variables: source.variables) ?? ""
        let folder = URL(fileURLWithPath: place).lastPathComponent
        let names = [given, own, folder].map(ProjectName.normalised)
        return names.first { !$0.isEmpty } ?? "default"
    }

    /// The projects that run from the file, where Docker answers.
    private static func runningProjects(of file: String, _ context: Context) async -> [String] {
        let engine =
            context.arguments[.engine] ?? context.environment["DOCKER_HOST"]?.nonEmpty
            ?? "unix:///var/run/docker.sock"
        return await ComposeProject.running(from: file, engine: engine)
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
