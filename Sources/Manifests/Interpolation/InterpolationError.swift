/// Why a text with variables cannot be filled.
enum InterpolationError: Error, Hashable, Sendable {
    /// A `${` that no rule knows.
    case invalid(String)
    /// A variable is not set and has no default.
    case unset(name: String)
    /// `${NAME:?message}` without a value.
    case required(name: String, message: String)
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
        case .unset(let name):
            TextError("variable \(name) is not set", remedy: Self.remedy(name, environmentFile))
        case .required(let name, let message):
            TextError(
                "required variable \(name) is missing a value"
                    + (message.isEmpty ? "" : ": \(message)"),
                remedy: Self.setting(name, environmentFile)
            )
        case .tooLong:
            TextError(
                "the text grows beyond \(Interpolation.longest / 1_024) KiB",
                remedy: "use shorter variables"
            )
        case .tooDeep:
            TextError("the defaults are nested too deeply", remedy: "use fewer of them")
        }
    }

    private static func remedy(_ name: String, _ file: String?) -> String {
        "\(setting(name, file)), or give a default ${\(name):-…}"
    }

    private static func setting(_ name: String, _ file: String?) -> String {
        guard let file else { return "add --set \(name)=…" }
        return switch name {
        case "VERSION": "write version: under the service in \(file)"
        case "DOCKER_REGISTRY": "write registry: in \(file)"
        case "IMAGE_PULL_POLICY": "write pull_policy: in \(file)"
        default: "add it under variables: in \(file)"
        }
    }
}
