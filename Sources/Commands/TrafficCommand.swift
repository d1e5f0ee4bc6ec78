internal import Controller
internal import Model

/// `berth traffic`: where the kernel's rules route to.
enum TrafficCommand: Subcommand {
    static let name = "traffic"
    static let summary =
        "show which containers each host port and service address routes to; exits 1 if rules are "
        + "out of sync"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        // The kernel's rules are shown even where no repository says what they should be.
        let asked = context.arguments.all(.environments)
        return try context.print(
            try await context.reports({ try await $0.traffic() }, others: asked)
        )
    }
}

extension TrafficReport: Report {
    var title: String {
        switch state {
        case .right: "\(environment): in sync"
        case .missing: "\(environment): missing"
        case .different: "\(environment): out of sync"
        case .unknown: "\(environment): not compared"
        }
    }
    var notes: [String] { problems }
    var exitCode: ExitCode { hasProblems ? .difference : .success }

    static var columns: [Column<TrafficRow>] {
        [
            ("FROM", \.entryPoint), ("SERVICE", \.service), ("CONTAINER", \.container),
            ("TO", \.address), ("ROLE", { $0.role.rawValue }),
            ("CONNECTIONS", { $0.connections.map(String.init) }), ("SINCE", \.since?.text),
        ]
    }
}
