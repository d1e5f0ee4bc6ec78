public import Model

/// Where an effective value comes from.
public struct Origin: Hashable, Sendable {
    /// Which kind of file said it.
    public enum Kind: String, Hashable, Sendable {
        /// A file under `manifests/`.
        case manifest
        /// A file under `environments/`.
        case environment
        /// Nobody: it is what holds when nothing is said.
        case `default`
    }

    /// Which kind of file said it.
    public var kind: Kind
    /// The place; nil for defaults.
    public var location: SourceLocation?
    /// The variables that were filled in.
    public var variables: [Variable]

    /// A variable that went into a value.
    public struct Variable: Hashable, Sendable {
        /// The name, as in `${NAME}`.
        public var name: String
        /// Where its value was written; nil where it was not set, or Berth itself supplies it.
        public var location: SourceLocation?
    }

    /// Names an origin.
    public init(_ kind: Kind, at location: SourceLocation?, variables: [Variable] = []) {
        self.kind = kind
        self.location = location
        self.variables = variables
    }

    /// What holds when nothing is said.
    public static let unsaid = Origin(.default, at: nil)
}

extension Origin: CustomStringConvertible {
    /// The place, and the variables filled in:
    /// `manifests/web.yaml:3:12 (${TAG} from environments/prod.yaml:2:20)`.
    public var description: String {
        let place = location.map(\.description) ?? kind.rawValue
        guard !variables.isEmpty else { return place }
        let sources = variables.map { variable in
            "${\(variable.name)}" + (variable.location.map { " from \($0)" } ?? "")
        }
        return "\(place) (\(sources.joined(separator: ", ")))"
    }
}
