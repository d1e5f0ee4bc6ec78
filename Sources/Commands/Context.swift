internal import Addresses
internal import Controller
internal import Foundation
internal import Platform

/// What a command was given, and where its output goes.
struct Context: Sendable {
    let arguments: Arguments
    let environment: [String: String]
    /// Writes to standard output.
    let print: @Sendable (String) -> Void

    /// The folder that is the argument; the current one without.
    var folder: String { arguments.operands.first ?? "." }

    /// Where Docker is.
    var engine: String {
        arguments[.engine] ?? environment["DOCKER_HOST"]?.nonEmpty ?? "unix:///var/run/docker.sock"
    }

    /// The values of a `NAME=VALUE` option, by name; `form` is how it is written.
    func pairs(
        _ flag: Flag,
        _ form: String,
        mayBeEmpty: Bool
    ) throws(UsageError) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in arguments.all(flag) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, mayBeEmpty || !parts[1].isEmpty else {
                throw .badValue(flag.name, given: text, expected: form)
            }
            pairs[String(parts[0])] = String(parts[1])
        }
        return pairs
    }

    /// The values of `--set`, by name.
    func settings() throws(UsageError) -> [String: String] {
        try pairs(.set, "NAME=VALUE", mayBeEmpty: true)
    }

    /// The log on standard error.
    ///
    /// Above the progress on a terminal, which shows the same, there are no lines of level info.
    func log(above progress: TerminalProgress? = nil) -> Log {
        let format = arguments[.logFormat].flatMap(Log.Format.init) ?? .text
        let level = arguments[.logLevel].flatMap(Log.Level.init) ?? .info
        guard let progress else { return Log(format: format, minimum: level) }
        let minimum = level == .info ? .warning : level
        return Log(format: format, minimum: minimum, write: progress.print)
    }

    /// A time such as `500ms`, `30s`, `5m` or `1h`.
    func duration(_ flag: Flag) throws(UsageError) -> Duration {
        let text = arguments[flag] ?? ""
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        let units: [Substring: Duration] = [
            "ms": .milliseconds(1), "s": .seconds(1), "m": .seconds(60), "h": .seconds(3_600),
        ]
        guard let number = Int(digits), number > 0, number < 1_000_000, let unit = units[unit]
        else {
            let expected = "a duration such as 500ms, 30s, 5m or 1h"
            throw .badValue(flag.name, given: text, expected: expected)
        }
        return unit * number
    }

    /// The parts, as the options say; `pulls` is told the progress of pulls.
    func site(
        log: Log,
        pulls: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) throws -> Site {
        var configuration = Configuration(
            repository: arguments[.repo] ?? ".",
            engine: engine,
            stateDirectory: Self.absolute(arguments[.stateDirectory] ?? "/var/lib/berth"),
            environment: environment
        )
        configuration.branch = arguments[.branch]
        configuration.revision = arguments[.revision]
        configuration.gitAccess = gitAccess
        if arguments[.interval] != nil { configuration.interval = try duration(.interval) }
        configuration.insecureRegistries = Set(arguments.all(.insecureRegistry))
        configuration.dockerConfig = arguments[.dockerConfig]
        if let text = arguments[.addressPool] {
            guard let pool = SubnetPool(text) else {
                let expected = "a range of /22 or larger, such as 172.30.0.0/16"
                throw UsageError.badValue("address-pool", given: text, expected: expected)
            }
            configuration.addressPool = pool
        }
        return try Site(configuration, log: log, pulls: pulls)
    }

    private var gitAccess: Configuration.GitAccess {
        if let file = arguments[.gitTokenFile] {
            return .token(file: file, user: arguments[.gitUser] ?? "git")
        }
        guard let key = arguments[.sshKey] else { return .anonymous }
        let home = environment["HOME"] ?? "/root"
        return .sshKey(file: key, knownHosts: arguments[.knownHosts] ?? "\(home)/.ssh/known_hosts")
    }

    /// The environments that were asked for, or the only one there is.
    func environments(of site: Site) async throws -> [String] {
        let asked = arguments.all(.environments)
        let known = try await site.source.environments()
        for name in asked where !known.contains(name) {
            let names = known.joined(separator: ", ").nonEmpty ?? "it has none yet"
            let expected = "an environment of the repository (\(names))"
            throw UsageError.badValue("environment", given: name, expected: expected)
        }
        return asked.isEmpty ? [try only(of: known, in: "repository")] : asked
    }

    /// The one environment that was asked for, or the only one there is.
    func oneEnvironment(of site: Site) async throws -> String {
        let names = try await environments(of: site)
        guard let name = names.first, names.count == 1 else {
            let given = names.joined(separator: ",")
            throw UsageError.badValue("environment", given: given, expected: "one environment")
        }
        return name
    }

    /// The environment where none was asked for.
    func only(of known: [String], in place: String) throws(UsageError) -> String {
        guard let name = known.first, known.count == 1 else {
            let names = known.joined(separator: ", ").nonEmpty ?? "no environments/*.yaml yet"
            throw .missingOption("environment", why: "the \(place) has \(names)")
        }
        return name
    }

    /// Reports on the host, for the environments that were asked for.
    ///
    /// Without an answer from the remote it reports on what was fetched last; `others` names the
    /// environments where nothing was.
    func reports<Value>(
        _ report: (Reporter) async throws -> Value,
        others: [String] = []
    ) async throws -> [Value] {
        let site = try site(log: log())
        do {
            _ = try await site.source.refresh()
        } catch {
            site.log(.warning, "\(error)")
        }
        var names = others
        do {
            names = try await environments(of: site)
        } catch {
            guard !others.isEmpty, !(error is UsageError) else { throw error }
        }
        var reports: [Value] = []
        for name in names {
            reports.append(try await report(Reporter(site: site, environment: name)))
        }
        return reports
    }

    /// Reports on the one environment that was asked for, at the revision that the remote has now.
    func reporter() async throws -> Reporter {
        let site = try site(log: log())
        _ = try await site.source.refresh()
        return Reporter(site: site, environment: try await oneEnvironment(of: site))
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
