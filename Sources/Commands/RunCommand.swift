internal import Controller
internal import Foundation
internal import Platform

/// `berth run`: the controller.
enum RunCommand: Subcommand {
    static let name = "run"
    static let summary = "keep environments as the repository says, until stopped"
    static let flags: [Flag] = .site + [.environments, .interval]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let log = try context.log()
        let site = try context.site(log: log)
        let lock = try site.lock()
        defer { withExtendedLifetime(lock) {} }
        let signals = Signals.stream(of: [SIGTERM, SIGINT, SIGHUP])
        let environments = try await startingEnvironments(context, site)
        log(
            .info,
            "berth \(Version.current) keeps \(environments.joined(separator: ", "))",
            ["repo": site.sourceDescription, "state": site.configuration.stateDirectory]
        )
        let conductor = Conductor(site: site, environments: environments)
        let running = Task { await conductor.run() }
        for await signal in signals {
            guard signal == SIGHUP else { break }
            log(.info, "SIGHUP: looking at everything")
            conductor.refresh()
        }
        // What is under way is finished by the next start; traffic flows on without us, so there is
        // nothing to wait for.
        log(.info, "stopping; containers and traffic stay as they are")
        running.cancel()
        return .success
    }

    /// A remote that is down at the start is no reason to end, as long as the mirror, or the
    /// options, say which environments there are.
    private static func startingEnvironments(
        _ context: Context,
        _ site: Site
    ) async throws -> [String] {
        do {
            _ = try await site.source.refresh()
        } catch {
            let asked = context.arguments.all(.environments)
            guard asked.isEmpty else {
                site.log(.error, "\(error)")
                return asked
            }
            guard let known = try? await context.environments(of: site) else { throw error }
            site.log(.error, "\(error)")
            return known
        }
        return try await context.environments(of: site)
    }
}
