package import Model

/// Where an effective value comes from.
package struct Origin: Hashable, Sendable {
    /// Which kind of file said it.
    package enum Kind: String, Hashable, Sendable {
        /// A file under `manifests/`.
        case manifest
        /// A file under `environments/`.
        case environment
        /// Nobody: it is what holds when nothing is said.
        case `default`
    }

    /// Which kind of file said it.
    package var kind: Kind
    /// The place; nil for defaults.
    package var location: SourceLocation?
    /// The variables that were filled in.
    package var variables: [Variable]

    /// A variable that went into a value.
    package struct Variable: Hashable, Sendable {
        /// The name, as in `${NAME}`.
        package var name: String
        /// Where its value was written; nil where it was not set, or Berth itself supplies it.
        package var location: SourceLocation?
    }

    /// Names an origin.
    package init(_ kind: Kind, at location: SourceLocation?, variables: [Variable] = []) {
        self.kind = kind
        self.location = location
        self.variables = variables
    }

    /// What holds when nothing is said.
    package static let unsaid = Origin(.default, at: nil)
}

extension Origin: CustomStringConvertible {
    /// The place, and the variables filled in:
    /// `manifests/web.yaml:3:12 (${TAG} from environments/prod.yaml:2:20)`.
    package var description: String {
        let place = location.map(\.description) ?? kind.rawValue
        guard !variables.isEmpty else { return place }
        let sources = variables.map { variable in
            "${\(variable.name)}" + (variable.location.map { " from \($0)" } ?? "")
        }
        return "\(place) (\(sources.joined(separator: ", ")))"
    }
}
