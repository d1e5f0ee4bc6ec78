/// `berth version`.
enum VersionCommand: Subcommand {
    static let name = "version"
    static let summary = "print the version"

    static func run(_ context: Context) async throws -> ExitCode {
        context.print("berth \(Version.current)")
        return .success
    }
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}
