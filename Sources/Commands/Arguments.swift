/// The options and operands of a command, from the command line before the process environment
/// before the defaults.
struct Arguments: Sendable {
    private var values: [String: [String]] = [:]
    /// What is no option, in order.
    private(set) var operands: [String] = []

    /// Reads the words after the command's name.
    ///
    /// Options may be written `--name value` or `--name=value`; `--` ends them.
    init(
        _ words: [String],
        flags: [Flag],
        environment: [String: String]
    ) throws(UsageError) {
        let known = Dictionary(flags.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for flag in flags {
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
    }

    /// The option's value, the last one given.
    subscript(flag: Flag) -> String? { values[flag.name]?.last }

    /// All values of the option.
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

    /// The known name that shares the longest beginning, if any of three characters or more does.
    private static func nearest(_ name: String, among known: some Sequence<String>) -> String? {
        let scored = known.map { ($0, zip($0, name).prefix { $0 == $1 }.count) }
        return scored.max { ($0.1, $1.0) < ($1.1, $0.0) }.flatMap { $0.1 >= 3 ? $0.0 : nil }
    }
}

/// A command line that means nothing.
enum UsageError: Error, Equatable, CustomStringConvertible {
    case unknownCommand(String)
    case unknownOption(String, nearest: String?)
    case missingValue(String)
    case badValue(String, given: String, wanted: String)
    case unexpectedOperand(String)
    case missingOption(String, why: String)
    case missingOperand(String)
    case badOperand(String, wanted: String)

    /// What happened, and what to do next.
    var description: String {
        switch self {
        case .unknownCommand(let name):
            return "there is no command \(name); see berth help"
        case .unknownOption(let name, let nearest):
            let hint = nearest.map { "did you mean --\($0)?" } ?? "see berth help"
            return "there is no option \(name) here; \(hint)"
        case .missingValue(let usage):
            return "\(usage) needs its value"
        case .badValue(let option, let given, let wanted):
            return "--\(option) \(given): \(wanted)"
        case .unexpectedOperand(let word):
            return "\(word) is one word too many; see berth help"
        case .missingOption(let option, let why):
            return "--\(option) is needed: \(why)"
        case .missingOperand(let wanted):
            return "a word is missing: \(wanted)"
        case .badOperand(let word, let wanted):
            return "\(word) is unknown here; \(wanted)"
        }
    }
}
