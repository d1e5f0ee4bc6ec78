internal import Controller
internal import Foundation
internal import Model
internal import Platform

/// `berth apply`: brings an environment to its desired state, once.
enum ApplyCommand: Subcommand {
    static let name = "apply"
    static let summary = "deploy what plan shows, once; exits 1 if a release failed"
    static let flags: [Flag] = .site + [.environment, .timeout, .retryFailed]

    static func run(_ context: Context) async throws -> ExitCode {
        let progress = TerminalProgress.onTerminal(context)
        let log = context.log(above: progress)
        let site = try context.site(log: log) { progress?.pulled($0, $1) }
        let timeout = try context.duration(.timeout)
        let lock = try locked(context) { try site.lock() }
        defer { withExtendedLifetime(lock) {} }
        _ = try await site.source.refresh()
        let environment = try await context.oneEnvironment(of: site)
        let claim = try locked(context) { try site.claim(environment) }
        defer { withExtendedLifetime(claim) {} }
        let wanted = try await site.source.desired(for: environment)
        guard wanted.problems.isEmpty else {
            throw UnusableRevision(wanted: wanted, environment: environment)
        }
        if wanted.desired?.isSuspended == true {
            log(
                .warning,
                "\(environment) is suspended: only its traffic rules are kept in sync; remove "
                    + "`suspended` from environments/\(environment).yaml to resume"
            )
        } else if context.arguments.has(.retryFailed) {
            try await site.forgetFailures(of: environment)
        }
        let ending = await finish(site.loop(for: environment), within: timeout, progress)
        let unfinished = progress?.end() ?? []
        switch ending {
        case .settled: break
        case .stuck(let reasons):
            for reason in Set(reasons).sorted() { log(.error, "giving up: \(reason)") }
            log(.error, "apply did not complete; \(continues)")
            return .failure
        case .timedOut:
            log(.error, "apply did not complete within \(timeout); \(continues)")
            return .failure
        case .interrupted(let signal):
            for service in unfinished { log(.warning, "still in progress: \(service)") }
            log(.warning, "interrupted; running containers keep serving, and \(continues)")
            return signal == SIGINT ? .interrupted : .terminated
        }
        let status = try await Reporter(site: site, environment: environment).status()
        context.print(status.text)
        return status.exitCode
    }

    private static let continues = "the next berth apply or berth run continues from here"

    private static func locked<Lock>(
        _ context: Context,
        _ lock: () throws -> Lock
    ) throws -> Lock {
        do {
            return try lock()
        } catch {
            throw context.arguments.has(.retryFailed) ? RetryRefused(reason: "\(error)") : error
        }
    }

    private enum Ending: Sendable {
        case settled
        /// Only steps that failed repeatedly are left, and why they did.
        case stuck([String])
        case timedOut
        case interrupted(Int32)
    }

    /// Ends with the first of these; calls that are in progress then are left behind, as after a
    /// crash, and not waited for.
    private static func finish(
        _ loop: EnvironmentLoop,
        within timeout: Duration,
        _ progress: TerminalProgress?
    ) async -> Ending {
        let (endings, continuation) = AsyncStream.makeStream(of: Ending.self)
        let tasks = [
            Task {
                await loop.run { pass in
                    if let reconciliation = pass.reconciliation { progress?.show(reconciliation) }
                    if pass.isStuck { continuation.yield(.stuck(pass.waiting)) }
                    return pass.isSettled || pass.isStuck
                }
                continuation.yield(.settled)
            },
            Task {
                guard (try? await Task.sleep(for: timeout)) != nil else { return }
                continuation.yield(.timedOut)
            },
            Task {
                for await signal in Signals.stream(of: [SIGINT, SIGTERM]) {
                    continuation.yield(.interrupted(signal))
                }
            },
            Task { await progress?.keepTime() },
        ]
        defer { for task in tasks { task.cancel() } }
        for await ending in endings { return ending }
        return .settled
    }
}

/// `--retry-failed` while a controller runs for the environment.
private struct RetryRefused: Error, CustomStringConvertible {
    let reason: String

    var description: String {
        "\(reason). Failed releases cannot be retried while a controller is running: either "
            + "commit a change of the service, which the controller deploys by itself; or stop the "
            + "controller, run berth apply --retry-failed, and start it again"
    }
}
