internal import Controller
internal import Manifests

/// `berth init`: a fleet repository from a Compose file, or a small sample.
enum InitCommand: Subcommand {
    static let name = "init"
    static let summary = "create a fleet repository, from a Compose file or a small sample"
    static let argument: String? = "[FOLDER]"
    static let flags: [Flag] = [.from, .engine] + composeFlags

    /// Options about a Compose file.
    private static let composeFlags: [Flag] = [
        .envFile, .set, .image, .data, .project, .noSecret, .secretsDirectory,
    ]

    static func run(_ context: Context) async throws -> ExitCode {
        let tree = WorkingTree(path: context.folder)
        let taken = ["manifests", "environments"].flatMap { folder in
            tree.names(in: folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
                .map { "\(folder)/\($0)" }
        }
        guard taken.isEmpty else { throw AlreadyThere(paths: taken.sorted()) }
        guard let path = context.arguments[.from] else {
            for flag in composeFlags where !context.arguments.all(flag).isEmpty {
                throw UsageError.misplacedOption(flag.name, requires: Flag.from.usage)
            }
            return try write(Sample.files, context)
        }
        let source = try await InitSource(path, into: tree, context)
        let composeImport = try ComposeImport(of: source.composeImport)
        return try write(
            composeImport.files,
            copies: composeImport.copies,
            onHost: composeImport.hostFiles,
            notes: source.notes + composeImport.notes,
            context
        )
    }

    private static func write(
        _ texts: [(path: String, text: String)],
        copies: [(path: String, bytes: [UInt8])] = [],
        onHost: [(path: String, text: String)] = [],
        notes: [String] = [],
        _ context: Context
    ) throws -> ExitCode {
        var files = NewFiles()
        for file in onHost { files.add(file.path, Array(file.text.utf8), isSecret: true) }
        let committed = texts.map { ($0.path, Array($0.text.utf8)) } + copies
        for (path, bytes) in committed { files.add("\(context.folder)/\(path)", bytes) }
        try files.write()
        for (path, _) in committed { context.print("\(context.folder)/\(path)") }
        for file in onHost { context.print(file.path) }
        for note in notes { context.print("note: \(note)") }
        return .success
    }
}

/// The small fleet that `berth init` creates without a Compose file.
private enum Sample {
    static let files: [(path: String, text: String)] =
        [("manifests/web.yaml", manifest)]
        + [("dev", nil, 8_080), ("staging", "dev", 8_081), ("prod", "staging", 8_082)].map {
            (name: String, before: String?, port: Int) in
            ("environments/\(name).yaml", environment(name, after: before, port: port))
        }

    private static let manifest = """
        # What the service is: a Compose file. Registry and version come from the environment.
        services:
          web:
            image: nginx
            restart: unless-stopped
            x-berth:
              probe: { http: /, port: 80 }

        """

    private static func environment(_ name: String, after before: String?, port: Int) -> String {
        """
        # What runs in \(name).
        registry: docker.io
        pull_policy: if_not_present
        \(before.map { "promotes_from: \($0)\n" } ?? "")services:
          web:
            version: "1.28.0"  # commit another one here to promote it
            ports: ["\(port):80"]

        """
    }
}
