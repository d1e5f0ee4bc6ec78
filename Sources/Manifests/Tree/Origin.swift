package import Model

package struct Origin: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case manifest
        case environment
        /// Written in no file.
        case `default`
    }

    package var kind: Kind
    /// The place; nil for defaults.
    package var location: SourceLocation?
    package var variables: [Variable]

    package struct Variable: Hashable, Sendable {
        package var name: String
        /// Where its value was written; nil where it was not set, or Berth itself supplies it.
        package var location: SourceLocation?
    }

    package init(_ kind: Kind, at location: SourceLocation?, variables: [Variable] = []) {
        self.kind = kind
        self.location = location
        self.variables = variables
    }

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
