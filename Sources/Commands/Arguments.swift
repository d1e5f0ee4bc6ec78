/// The options and the operands of a command line: options before the process environment before
/// defaults.
struct Arguments: Sendable {
    private var values: [String: [String]] = [:]
    /// What is no option, in order.
    private(set) var operands: [String] = []

    /// Reads the words after the command's name.
    ///
    /// Options may be written `--name value` or `--name=value`; `--` ends them.
    init(
        _ words: [String],
        of command: any Subcommand.Type,
        environment: [String: String]
    ) throws(UsageError) {
        let known = Dictionary(command.flags.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for flag in command.flags {
            if let standard = flag.standard { values[flag.name] = [standard] }
            if let variable = flag.variable, let value = environment[variable], !value.isEmpty {
                values[flag.name] = Self.split(value, flag)
            }
        }
        var given: [String: [String]] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word != "--" else {
                operands += rest
                break
            }
            guard word.hasPrefix("--") else {
                operands.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = String(parts[0])
            guard let flag = known[name] else {
                throw .unknownOption("--\(name)", nearest: Self.nearest(name, among: known.keys))
            }
            let inline = parts.count > 1 ? String(parts[1]) : nil
            given[name, default: []].append(try Self.value(of: flag, inline, &rest))
        }
        values.merge(given) { $1 }
        for flag in command.flags { try refuseWrongChoice(flag) }
        let limit = command.argument == nil ? 0 : 1
        if operands.count > limit {
            throw .unexpectedArgument(operands[limit], usage: command.usage)
        }
    }

    /// The option's value, the last one given.
    subscript(flag: Flag) -> String? { values[flag.name]?.last }

    func all(_ flag: Flag) -> [String] { values[flag.name] ?? [] }

    /// Whether a toggle is on.
    func has(_ flag: Flag) -> Bool {
        guard let value = self[flag] else { return false }
        return !["0", "false", "no", "off"].contains(value.lowercased())
    }

    private static func value(
        of flag: Flag,
        _ inline: String?,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        if case .toggle = flag.arity { return inline ?? "true" }
        guard let value = inline ?? rest.popFirst() else { throw .missingValue(flag.usage) }
        return value
    }

    private static func split(_ value: String, _ flag: Flag) -> [String] {
        guard case .list = flag.arity else { return [value] }
        return value.split(separator: ",").map(String.init)
    }

    private func refuseWrongChoice(_ flag: Flag) throws(UsageError) {
        guard case .choice(let words) = flag.arity, let given = self[flag], !words.contains(given)
        else { return }
        let list = words.dropLast().joined(separator: ", ")
        throw .badValue(flag.name, given: given, expected: "\(list) or \(words.last ?? "")")
    }

    /// The known name that shares the longest beginning, if any of three characters or more does.
    private static func nearest(_ name: String, among known: some Sequence<String>) -> String? {
        let scored = known.map { ($0, zip($0, name).prefix { $0 == $1 }.count) }
        return scored.max { ($0.1, $1.0) < ($1.1, $0.0) }.flatMap { $0.1 >= 3 ? $0.0 : nil }
    }
}

/// What is wrong with a command line, and how to write it.
enum UsageError: Error, Equatable, CustomStringConvertible {
    case unknownCommand(String)
    case unknownOption(String, nearest: String?)
    case missingValue(String)
    case badValue(String, given: String, expected: String)
    /// An option that is valid only with another one.
    case misplacedOption(String, requires: String)
    case missingOption(String, why: String)
    case missingArgument(expected: String)
    case badArgument(String, expected: String)
    case unexpectedArgument(String, usage: String)

    var description: String {
        switch self {
        case .unknownCommand(let name):
            return "unknown command '\(name)'; berth help lists the commands"
        case .unknownOption(let name, let nearest):
            let hint =
                nearest.map { "did you mean --\($0)?" }
                ?? "berth help COMMAND lists a command's options"
            return "unknown option '\(name)'; \(hint)"
        case .missingValue(let usage):
            return "missing value: \(usage)"
        case .badValue(let option, let given, let expected):
            return "invalid value '\(given)' for --\(option): expected \(expected)"
        case .misplacedOption(let option, let other):
            return "--\(option) is only valid with \(other)"
        case .missingOption(let option, let why):
            return "--\(option) is required: \(why)"
        case .missingArgument(let expected):
            return "missing argument: expected \(expected)"
        case .badArgument(let word, let expected):
            return "invalid argument '\(word)': expected \(expected)"
        case .unexpectedArgument(let word, let usage):
            return "unexpected argument '\(word)'; usage: \(usage)"
        }
    }
}
