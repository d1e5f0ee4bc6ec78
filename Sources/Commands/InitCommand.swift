internal import Controller
internal import Foundation
internal import Manifests

/// `berth init`: a fleet repository from a Compose file, or a small sample.
enum InitCommand: Subcommand {
    static let name = "init"
    static let summary = "start a fleet repository, from a Compose file if you have one"
    static let flags: [Flag] = [.from, .set]

    static func run(_ context: Context) async throws -> ExitCode {
        let folder = try context.folder()
        let settings = try context.settings()
        let tree = WorkingTree(path: folder)
        let taken = ["manifests", "environments"].flatMap { folder in
            tree.names(in: folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
                .map { "\(folder)/\($0)" }
        }
        guard taken.isEmpty else { throw AlreadyThere(paths: taken.sorted()) }
        var files = InitSample.files
        var notes: [String] = []
        if let path = context.arguments[.from] {
            let takeover = try takeover(path, into: tree, settings)
            (files, notes) = (takeover.files, takeover.notes)
        } else if !settings.isEmpty {
            throw UsageError.badValue(
                Flag.set.name,
                given: context.arguments.all(.set).joined(separator: " "),
                wanted: "it goes with --from"
            )
        }
        try tree.add(files)
        for file in files { context.print("\(folder)/\(file.path)") }
        for note in notes { context.print("note: \(note)") }
        return .success
    }

    private static func takeover(
        _ path: String,
        into tree: WorkingTree,
        _ settings: [String: String]
    ) throws -> Takeover {
        try Takeover(
            of: Takeover.Source(
                bytes: try WorkingTree(path: ".").required(path),
                path: path,
                folder: relativeFolder(of: path, in: tree.path),
                variables: settings,
                other: { try tree.committed($0) }
            )
        )
    }

    /// The file's folder from the repository's root; nil where it lies outside.
    private static func relativeFolder(of path: String, in root: String) -> String? {
        let file = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        let folder = file.deletingLastPathComponent().pathComponents
        let start = URL(fileURLWithPath: root).standardizedFileURL.resolvingSymlinksInPath()
            .pathComponents
        guard folder.starts(with: start) else { return nil }
        return folder.dropFirst(start.count).joined(separator: "/")
    }
}
