internal import Addresses
internal import Controller
internal import Foundation
internal import Platform

/// What a command was given, and where its words go.
struct Context: Sendable {
    let arguments: Arguments
    let environment: [String: String]
    /// Takes data; ends up on standard output.
    let print: @Sendable (String) -> Void

    /// How data is printed.
    enum Format: String, CaseIterable {
        case table
        case json
        case markdown
    }

    /// The format that was asked for.
    func format() throws(UsageError) -> Format { try choice(.format) }

    /// The word that an option was given, as one of the words that it takes.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ flag: Flag
    ) throws(UsageError) -> Choice {
        let text = arguments[flag] ?? ""
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue)
            let wanted = words.dropLast().joined(separator: ", ") + " or \(words.last ?? "")"
            throw .badValue(flag.name, given: text, wanted: wanted)
        }
        return choice
    }

    /// What `--set` was given, by name.
    func settings() throws(UsageError) -> [String: String] {
        var settings: [String: String] = [:]
        for text in arguments.all(.set) {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw .badValue(Flag.set.name, given: text, wanted: "a name, = and a value")
            }
            settings[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return settings
    }

    /// The folder that is the only operand; the current one where there is none.
    func folder() throws(UsageError) -> String {
        if arguments.operands.count > 1 { throw .unexpectedOperand(arguments.operands[1]) }
        return arguments.operands.first ?? "."
    }

    /// The log, as the options say; `write` takes its lines.
    ///
    /// Above a board that shows the story, the lines that only tell it are left out.
    func log(above board: LiveBoard? = nil) throws(UsageError) -> Log {
        let format = arguments[.logFormat] ?? "text"
        guard let format = Log.Format(rawValue: format) else {
            throw .badValue("log-format", given: format, wanted: "text or json")
        }
        let level = arguments[.logLevel] ?? "info"
        guard let level = Log.Level(rawValue: level) else {
            throw .badValue("log-level", given: level, wanted: "debug, info, warning or error")
        }
        guard let board else { return Log(format: format, minimum: level) }
        return Log(format: format, minimum: level == .info ? .warning : level, write: board.print)
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
            throw .badValue(flag.name, given: text, wanted: "a time such as 500ms, 30s, 5m or 1h")
        }
        return unit * number
    }

    /// The parts, as the options say.
    ///
    /// `pulls` is told how pulls get on.
    func site(
        log: Log,
        pulls: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) throws -> Site {
        var configuration = Configuration(
            repository: arguments[.repo] ?? ".",
            engine: arguments[.engine] ?? environment["DOCKER_HOST"].flatMap(\.nonEmpty)
                ?? "unix:///var/run/docker.sock",
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
                throw UsageError.badValue(
                    "address-pool",
                    given: text,
                    wanted: "a range of /22 or larger, as 172.30.0.0/16"
                )
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
        return .sshKey(
            file: key,
            knownHosts: arguments[.knownHosts] ?? "\(home)/.ssh/known_hosts"
        )
    }

    /// Looks at the remote, where looking at the host is what counts: a remote that is down does
    /// not keep anybody from seeing what runs.
    func refresh(_ site: Site) async {
        do {
            _ = try await site.source.refresh()
        } catch {
            site.log(.warning, "\(error)")
        }
    }

    /// The environments that were asked for, or the only one there is.
    func environments(of site: Site) async throws -> [String] {
        let asked = arguments.all(.environments)
        let known = try await site.source.environments()
        for name in asked where !known.contains(name) {
            throw UsageError.badValue(
                "environment",
                given: name,
                wanted: "the repository has \(known.joined(separator: ", "))"
            )
        }
        guard asked.isEmpty else { return asked }
        guard known.count == 1 else {
            throw UsageError.missingOption(
                "environment",
                why: known.isEmpty
                    ? "the repository has no environments/*.yaml yet"
                    : "the repository has \(known.joined(separator: ", "))"
            )
        }
        return known
    }

    /// The one environment that was asked for, or the only one there is.
    func oneEnvironment(of site: Site) async throws -> String {
        let names = try await environments(of: site)
        guard let name = names.first, names.count == 1 else {
            throw UsageError.badValue(
                "environment",
                given: names.joined(separator: ","),
                wanted: "one environment at a time"
            )
        }
        return name
    }

    /// Reports on the one environment that was asked for, as the remote has it now.
    func reporter() async throws -> Reporter {
        let site = try site(log: try log())
        _ = try await site.source.refresh()
        return Reporter(site: site, environment: try await oneEnvironment(of: site))
    }

    /// No operands are taken.
    func refuseOperands() throws(UsageError) {
        if let word = arguments.operands.first { throw .unexpectedOperand(word) }
    }

    /// Prints a value as pretty JSON.
    func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        self.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}

extension [Flag] {
    /// Where things are, for every command that looks at an environment.
    static let site: [Flag] = [
        .repo, .branch, .revision, .engine, .stateDirectory, .gitTokenFile, .gitUser, .sshKey,
        .knownHosts, .insecureRegistry, .dockerConfig, .addressPool, .logFormat, .logLevel,
    ]
}
