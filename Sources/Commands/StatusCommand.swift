internal import Controller
internal import Model

/// `berth status`: the state of environments and their services.
enum StatusCommand: Subcommand {
    static let name = "status"
    static let summary =
        "show deployed versions, rollouts in progress and failures; exits 1 if anything failed"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.print(try await context.reports { try await $0.status() })
    }
}

extension EnvironmentStatus: Report {
    var title: String {
        let revision = revision.map { "\($0.short) by \($0.author): \($0.subject)" }
        let invalid =
            self.revision?.id == tip.id ? "" : " (the newest revision \(tip.short) is invalid)"
        return "\(environment) at \(revision ?? "no valid revision")\(invalid)"
            + (isSuspended ? " (suspended)" : "")
    }
    var notes: [String] {
        ["controller: \(controller.map { "running (pid \($0))" } ?? "not running")"] + problems
    }
    var rows: [ServiceStatus] { services }
    var exitCode: ExitCode { hasFailed ? .difference : .success }

    static var columns: [Column<ServiceStatus>] {
        [
            ("SERVICE", \.name), ("STATE", \.state.rawValue), ("DESIRED", \.wanted),
            ("SERVING", { $0.serving.joined(separator: ",").nonEmpty }),
            ("READY", { "\($0.ready)/\($0.replicas)" }), ("SINCE", \.since?.text),
            ("MESSAGE", \.message),
        ]
    }
}
