/// Fills `$NAME` and `${NAME…}` in a text, by the exact rules of Compose (compose-go@e70e961,
/// `template`), in one walk over the text.
///
/// Operands are read lazily: `${A:-${B}}` looks at `B` only where `A` is empty or missing.
struct Interpolation {
    struct Result: Hashable, Sendable {
        var text: String
        var names: [String]
    }

    /// The longest text that a scalar may become, in bytes.
    static let longest = 256 * 1_024
    static let deepest = 32
    /// How many missing variables of a text are named.
    static let mostMissing = 16

    private let lookup: (String) -> String?
    private let unsetIsEmpty: Bool
    private var names: [String] = []
    private var missing: [InterpolationError.Missing] = []
    private var output: [UInt8] = []

    /// `unsetIsEmpty` takes a missing variable for an empty one instead of failing.
    init(unsetIsEmpty: Bool = false, lookup: @escaping (String) -> String?) {
        self.lookup = lookup
        self.unsetIsEmpty = unsetIsEmpty
    }

    /// Fills a text; all variables that are missing are in one error.
    static func fill(
        _ template: String,
        unsetIsEmpty: Bool = false,
        lookup: @escaping (String) -> String?
    ) throws(InterpolationError) -> Result {
        guard template.utf8.contains(.dollar) else { return Result(text: template, names: []) }
        var walk = Interpolation(unsetIsEmpty: unsetIsEmpty, lookup: lookup)
        try walk.append(Array(template.utf8)[...], depth: 0)
        guard walk.missing.isEmpty else { throw .missing(walk.missing) }
        return Result(text: String(decoding: walk.output, as: UTF8.self), names: walk.names)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, depth: Int) throws(InterpolationError)
    {
        guard depth <= Self.deepest else { throw .tooDeep }
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let next = bytes.index(after: position)
            guard bytes[position] == .dollar, next < bytes.endIndex else {
                try emit(bytes[position...position])
                position = next
                continue
            }
            switch bytes[next] {
            case .dollar:
                try emit([.dollar])
                position = next + 1
            case .leftBrace:
                let braced = try Substitution(bytes[position...])
                try fill(braced, depth: depth)
                position = braced.end
            case let byte where byte.startsName:
                let name = bytes[next...].prefix(while: \.continuesName)
                try emit(Array(plain(String(decoding: name, as: UTF8.self)).utf8)[...])
                position = name.endIndex
            default:
                try emit(bytes[position...position])
                position = next
            }
        }
    }

    private mutating func fill(_ braced: Substitution, depth: Int) throws(InterpolationError) {
        guard let operation = braced.operation else {
            return try emit(Array(plain(braced.name).utf8)[...])
        }
        let value = find(braced.name)
        let isPresent = operation.countsEmpty ? value?.isEmpty == false : value != nil
        switch operation.kind {
        case .orDefault where !isPresent, .ifPresent where isPresent:
            try append(braced.operand, depth: depth + 1)
        case .orFail where !isPresent:
            var message = Interpolation(unsetIsEmpty: true, lookup: lookup)
            try message.append(braced.operand, depth: depth + 1)
            note(braced.name, message: String(decoding: message.output, as: UTF8.self))
        default:
            try emit(Array((value ?? "").utf8)[...])
        }
    }

    private mutating func plain(_ name: String) -> String {
        guard let value = find(name) else {
            if !unsetIsEmpty { note(name) }
            return ""
        }
        return value
    }

    /// Notes a missing variable, once; the walk goes on for the sake of the others.
    private mutating func note(_ name: String, message: String? = nil) {
        guard missing.count < Self.mostMissing, !missing.contains(where: { $0.name == name }) else {
            return
        }
        missing.append(InterpolationError.Missing(name: name, message: message))
    }

    private mutating func find(_ name: String) -> String? {
        if !names.contains(name), names.count < 16 { names.append(name) }
        return lookup(name)
    }

    private mutating func emit(_ bytes: ArraySlice<UInt8>) throws(InterpolationError) {
        guard output.count + bytes.count <= Self.longest else { throw .tooLong }
        output.append(contentsOf: bytes)
    }
}

enum InterpolationError: Error, Hashable, Sendable {
    struct Missing: Hashable, Sendable {
        var name: String
        /// What `${NAME:?message}` says of it; nil for `${NAME}`.
        var message: String?
    }

    /// A `${` that no rule knows.
    case invalid(String)
    /// All variables of the text that are missing, up to `Interpolation.mostMissing`.
    case missing([Missing])
    case tooLong
    case tooDeep

    /// The same as a message with a remedy; `environmentFile` is where variables are set, nil for
    /// the command line.
    func text(environmentFile: String?) -> TextError {
        switch self {
        case .invalid(let text):
            TextError("\(text.quoted) is not a variable")
                .with(remedy: "write ${NAME}, ${NAME:-default}, or $$ for a dollar sign")
        case .missing(let missing): Self.text(of: missing, environmentFile)
        case .tooLong:
            TextError("the text grows beyond \(Interpolation.longest / 1_024) KiB")
                .with(remedy: "use shorter variables")
        case .tooDeep:
            TextError("the defaults are nested too deeply", remedy: "use fewer of them")
        }
    }

    private static func text(of missing: [Missing], _ file: String?) -> TextError {
        let unset = missing.filter { $0.message == nil }.map(\.name)
        var parts = missing.compactMap { variable in
            variable.message.map { message in
                "required variable \(variable.name) is missing a value"
                    + (message.isEmpty ? "" : ": \(message)")
            }
        }
        if let name = unset.first, unset.count == 1 { parts.append("variable \(name) is not set") }
        if unset.count > 1 { parts.append("variables \(unset.enumerated) are not set") }
        var ways = [Variables.setting(of: missing.map(\.name), in: file)]
        if let name = unset.first { ways.append("or give a default ${\(name):-…}") }
        return TextError(parts.joined(separator: "; "), remedy: ways.joined(separator: ", "))
    }
}

extension [String] {
    /// The words as a sentence lists them: `A, B and C`.
    var enumerated: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and \(self[count - 1])"
    }
}
