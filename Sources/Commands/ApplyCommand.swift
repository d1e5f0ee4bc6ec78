internal import Controller
internal import Foundation
internal import Model
internal import Platform

/// `berth apply`: brings an environment to what the repository says, once.
enum ApplyCommand: Subcommand {
    static let name = "apply"
    static let summary = "do what plan shows, once; exits 1 if a release failed"
    static let flags: [Flag] = .site + [.environment, .timeout, .retryFailed]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let board = TerminalProgress.onTerminal(context)
        let log = try context.log(above: board)
        let site = try context.site(log: log) { board?.pulled($0, $1) }
        let timeout = try context.duration(.timeout)
        let lock = try lock(site, context)
        defer { withExtendedLifetime(lock) {} }
        _ = try await site.source.refresh()
        let environment = try await context.oneEnvironment(of: site)
        let claim = try claim(environment, site, context)
        defer { withExtendedLifetime(claim) {} }
        let wanted = try await site.source.desired(for: environment)
        guard wanted.problems.isEmpty else {
            throw UnusableRevision(wanted: wanted, environment: environment)
        }
        if wanted.desired?.isSuspended == true {
            log(
                .warning,
                "\(environment) is suspended: nothing is done but to lead callers to whoever runs; "
                    + "take `suspended` out of environments/\(environment).yaml to go on"
            )
        } else if context.arguments.has(.retryFailed) {
            try await site.forgetFailures(of: environment)
        }
        let ending = await finish(site.loop(for: environment), within: timeout, board)
        let unfinished = board?.end() ?? []
        switch ending {
        case .settled: break
        case .stuck(let reasons):
            for reason in Set(reasons).sorted() { log(.error, "given up: \(reason)") }
            log(.error, "not done; the next apply or run goes on from here")
            return .failure
        case .timedOut:
            log(.error, "not done after \(timeout); the next apply or run goes on from here")
            return .failure
        case .interrupted(let signal):
            for words in unfinished { log(.warning, "left under way: \(words)") }
            log(
                .warning,
                "interrupted; whoever served goes on serving, nothing is half done: "
                    + "the next berth apply or berth run goes on from here"
            )
            return signal == SIGINT ? .interrupted : .terminated
        }
        let status = try await Reporter(site: site, environment: environment).status()
        context.print(StatusCommand.text([status]))
        return status.hasFailed ? .difference : .success
    }

    private static func lock(_ site: Site, _ context: Context) throws -> FileLock {
        do {
            return try site.lock()
        } catch {
            throw context.arguments.has(.retryFailed) ? RetryRefused(reason: "\(error)") : error
        }
    }

    private static func claim(
        _ environment: String,
        _ site: Site,
        _ context: Context
    ) throws -> HostLock {
        do {
            return try site.claim(environment)
        } catch {
            throw context.arguments.has(.retryFailed) ? RetryRefused(reason: "\(error)") : error
        }
    }

    private enum Ending: Sendable {
        case settled
        /// Only what failed again and again is left, and why it did.
        case stuck([String])
        case timedOut
        case interrupted(Int32)
    }

    /// Whatever comes first ends it; calls that are under way then are left behind, as after a
    /// crash, and not waited for.
    private static func finish(
        _ loop: EnvironmentLoop,
        within timeout: Duration,
        _ board: TerminalProgress?
    ) async -> Ending {
        let (endings, continuation) = AsyncStream.makeStream(of: Ending.self)
        let tasks = [
            Task {
                await loop.run { pass in
                    if let examination = pass.examination { board?.show(examination) }
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
            Task { await board?.keepTime() },
        ]
        defer { for task in tasks { task.cancel() } }
        for await ending in endings { return ending }
        return .settled
    }
}

/// Failed releases are to be tried again, and a controller has the environment.
private struct RetryRefused: Error, CustomStringConvertible {
    let reason: String

    var description: String {
        "\(reason). What failed is not tried again while a controller keeps the environment: "
            + "either commit a change of the service, which it takes up by itself; or stop the "
            + "controller, run berth apply --retry-failed, and start it again"
    }
}
