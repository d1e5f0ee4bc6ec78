internal import Controller
internal import Foundation
internal import Manifests

/// `berth init`: a fleet repository from a Compose file, or a small sample.
enum InitCommand: Subcommand {
    static let name = "init"
    static let summary = "start a fleet repository, from a Compose file if you have one"
    static let flags: [Flag] =
        [.from, .engine] + composeFlags

    /// What says something about a Compose file.
    private static let composeFlags: [Flag] = [
        .envFile, .set, .image, .data, .project, .noSecret, .secretsDirectory,
    ]

    static func run(_ context: Context) async throws -> ExitCode {
        let folder = try context.folder()
        let tree = WorkingTree(path: folder)
        let taken = ["manifests", "environments"].flatMap { folder in
            tree.names(in: folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
                .map { "\(folder)/\($0)" }
        }
        guard taken.isEmpty else { throw AlreadyThere(paths: taken.sorted()) }
        guard let path = context.arguments[.from] else {
            try refuseComposeFlags(context)
            return try write(InitSample.files, in: folder, context)
        }
        let source = try await InitSource(path, into: tree, context)
        let composeImport = try ComposeImport(of: source.composeImport)
        return try write(
            composeImport.files,
            copies: composeImport.copies,
            onHost: composeImport.hostFiles,
            notes: source.notes + composeImport.notes,
            in: folder,
            context
        )
    }

    private static func write(
        _ texts: [(path: String, text: String)],
        copies: [(path: String, bytes: [UInt8])] = [],
        onHost: [(path: String, text: String)] = [],
        notes: [String] = [],
        in folder: String,
        _ context: Context
    ) throws -> ExitCode {
        var files = NewFiles()
        for file in onHost { files.add(file.path, Array(file.text.utf8), isSecret: true) }
        for file in texts { files.add("\(folder)/\(file.path)", Array(file.text.utf8)) }
        for file in copies { files.add("\(folder)/\(file.path)", file.bytes) }
        try files.write()
        for path in texts.map(\.path) + copies.map(\.path) { context.print("\(folder)/\(path)") }
        for file in onHost { context.print(file.path) }
        for note in notes { context.print("note: \(note)") }
        return .success
    }

    private static func refuseComposeFlags(_ context: Context) throws(UsageError) {
        for flag in composeFlags where !context.arguments.all(flag).isEmpty {
            throw .badValue(
                flag.name,
                given: flag.name == Flag.set.name
                    ? "…" : context.arguments.all(flag).joined(separator: " "),
                wanted: "it goes with --from"
            )
        }
    }
}
