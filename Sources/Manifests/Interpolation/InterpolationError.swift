/// Why a text with variables cannot be filled.
enum InterpolationError: Error, Hashable, Sendable {
    /// A variable that is not set and has no default.
    struct Missing: Hashable, Sendable {
        var name: String
        /// What `${NAME:?message}` says of it; nil for `${NAME}`.
        var message: String?
    }

    /// A `${` that no rule knows.
    case invalid(String)
    /// All variables of the text that are missing, up to `Interpolation.mostMissing`.
    case missing([Missing])
    /// The text would grow beyond `Interpolation.longest`.
    case tooLong
    /// The operands are nested deeper than `Interpolation.deepest`.
    case tooDeep

    /// The same as a message with a remedy; `environmentFile` is where variables are set, nil for
    /// the command line.
    func text(environmentFile: String?) -> TextError {
        switch self {
        case .invalid(let text):
            TextError(
                "\(text.quoted) is not a variable",
                remedy: "write ${NAME}, ${NAME:-default}, or $$ for a dollar sign"
            )
        case .missing(let missing): Self.text(of: missing, environmentFile)
        case .tooLong:
            TextError(
                "the text grows beyond \(Interpolation.longest / 1_024) KiB",
                remedy: "use shorter variables"
            )
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
        return TextError(
            parts.joined(separator: "; "),
            remedy: ways.joined(separator: ", ")
        )
    }
}

extension [String] {
    /// The words as a sentence lists them: `A, B and C`.
    var enumerated: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and \(self[count - 1])"
    }
}
