internal import Controller
internal import Foundation
internal import Platform

/// `berth run`: the controller.
enum RunCommand: Subcommand {
    static let name = "run"
    static let summary = "run the controller: keep environments in sync with the repository"
    static let flags: [Flag] = .site + [.environments, .interval]

    static func run(_ context: Context) async throws -> ExitCode {
        let log = context.log()
        let site = try context.site(log: log)
        let lock = try site.lock()
        defer { withExtendedLifetime(lock) {} }
        for warning in site.warnings { log(.warning, warning) }
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        // From the start: the first fetch may take as long as its timeout.
        let listening = Task {
            for await signal in Signals.stream(of: [SIGTERM, SIGINT, SIGHUP]) {
                continuation.yield(.signal(signal))
            }
        }
        let running = Task {
            do {
                try await keep(context, site) { continuation.yield(.begun($0)) }
            } catch {
                continuation.yield(.failed(error))
            }
        }
        defer {
            listening.cancel()
            running.cancel()
        }
        var runner: LoopRunner?
        for await event in events {
            switch event {
            case .begun(let begun): runner = begun
            case .failed(let error): throw error
            case .signal(SIGHUP):
                log(.info, "SIGHUP: reconciling all environments")
                runner?.refresh()
            case .signal:
                // The next start finishes what is in progress, and traffic flows without us: there
                // is nothing to wait for.
                log(.info, "stopping; containers and traffic rules stay in place")
                return .success
            }
        }
        return .success
    }

    private enum Event: Sendable {
        case begun(LoopRunner)
        case failed(any Error)
        case signal(Int32)
    }

    /// Runs the controller until the task is cancelled.
    private static func keep(
        _ context: Context,
        _ site: Site,
        begun: (LoopRunner) -> Void
    ) async throws {
        var claims: [String: HostLock] = [:]
        for environment in Set(context.arguments.all(.environments)).sorted() {
            claims[environment] = try site.claim(environment)
        }
        let serving = Task { [claims] in await serveFirst(context, site, claims) }
        let environments = try await startingEnvironments(context, site)
        serving.cancel()
        claims = await serving.value
        for environment in environments where claims[environment] == nil {
            claims[environment] = try site.claim(environment)
        }
        defer { withExtendedLifetime(claims) {} }
        site.log(
            .info,
            "berth \(Version.current) started for \(environments.joined(separator: ", "))",
            ["repo": site.sourceDescription, "state": site.configuration.stateDirectory]
        )
        let runner = LoopRunner(site: site, environments: environments)
        begun(runner)
        await runner.run()
    }

    /// Routes before the first fetch: after a reboot callers are waiting, and a fetch may take its
    /// whole timeout.
    ///
    /// Only environments that no other process has claimed are touched; returns the claims on all.
    private static func serveFirst(
        _ context: Context,
        _ site: Site,
        _ claims: [String: HostLock]
    ) async -> [String: HostLock] {
        guard let known = try? await context.environments(of: site) else { return claims }
        var claims = claims
        for environment in known {
            // Whether it is still to be claimed, and why it cannot be, shows after the fetch.
            guard let claim = try? claims[environment] ?? site.claim(environment) else { continue }
            claims[environment] = claim
            await site.serveFirst(environment)
        }
        return claims
    }

    /// An unreachable remote at the start is no reason to end, as long as the options or the
    /// mirror name the environments.
    private static func startingEnvironments(
        _ context: Context,
        _ site: Site
    ) async throws -> [String] {
        do {
            _ = try await site.source.refresh()
        } catch {
            let asked = context.arguments.all(.environments)
            let mirrored = asked.isEmpty ? try? await context.environments(of: site) : asked
            guard let known = mirrored else { throw error }
            site.log(.error, "\(error)")
            return known
        }
        return try await context.environments(of: site)
    }
}
