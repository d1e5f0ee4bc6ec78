internal import Controller
internal import Foundation
internal import Platform

/// `berth apply`: brings an environment to what the repository says, once.
enum ApplyCommand: Subcommand {
    static let name = "apply"
    static let summary = "do what plan shows, once; exits 1 if a release failed"
    static let flags: [Flag] = .site + [.environment, .timeout, .retryFailed]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let log = try context.log()
        let site = try context.site(log: log)
        let timeout = try context.duration(.timeout)
        let lock = try site.lock()
        defer { withExtendedLifetime(lock) {} }
        _ = try await site.source.refresh()
        let environment = try await context.oneEnvironment(of: site)
        let wanted = try await site.source.desired(for: environment)
        guard wanted.problems.isEmpty else {
            throw UnusableRevision(wanted: wanted, environment: environment)
        }
        if context.arguments.has(.retryFailed) { try await site.forgetFailures(of: environment) }
        let loop = site.loop(for: environment)
        switch await finish(loop, within: timeout) {
        case .settled: break
        case .timedOut:
            log(.error, "not done after \(timeout); the next apply or run goes on from here")
            return .failure
        case .interrupted:
            log(.warning, "interrupted; the state is consistent, the next apply or run goes on")
            return .failure
        }
        let status = try await Reporter(site: site, environment: environment).status()
        context.print(StatusCommand.text([status]))
        return status.hasFailed ? .difference : .success
    }

    private enum Ending: Sendable {
        case settled
        case timedOut
        case interrupted
    }

    private static func finish(_ loop: EnvironmentLoop, within timeout: Duration) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                await loop.run { $0.isSettled || $0.isStuck }
                return .settled
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return .timedOut
            }
            group.addTask {
                for await _ in Signals.stream(of: [SIGINT, SIGTERM]) { break }
                return .interrupted
            }
            let first = await group.next() ?? .settled
            group.cancelAll()
            loop.trigger.finish()
            return first
        }
    }
}
