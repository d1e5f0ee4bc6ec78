internal import Model

/// A problem as a workflow command of GitHub Actions, which shows it beside the line.
///
/// The escapes are those of actions/toolkit, `packages/core/src/command.ts`.
struct GitHubAnnotation: CustomStringConvertible {
    private let problem: Diagnostic
    private let folder: String

    /// Annotates a problem of a folder, named from the workspace's root.
    init(_ problem: Diagnostic, in folder: String) {
        self.problem = problem
        self.folder = folder
    }

    /// One line: `::error file=…,line=…,col=…,title=…::…`.
    var description: String {
        var properties: [(String, String)] = []
        if let place = problem.location {
            properties = [
                ("file", path(place.file)), ("line", "\(place.line)"), ("col", "\(place.column)"),
            ]
        }
        if !problem.field.isEmpty { properties.append(("title", problem.field)) }
        let list = properties.map { "\($0)=\(Self.escaped(property: $1))" }
        let head =
            ([problem.severity.rawValue] + (list.isEmpty ? [] : [list.joined(separator: ",")]))
            .joined(separator: " ")
        let advice = problem.remedy.isEmpty ? "" : "; \(problem.remedy)"
        return "::\(head)::\(Self.escaped(problem.message + advice))"
    }

    private func path(_ file: String) -> String {
        guard ![".", "./", ""].contains(folder) else { return file }
        let start = folder.hasPrefix("./") ? folder.dropFirst(2) : folder[...]
        return start.hasSuffix("/") ? "\(start)\(file)" : "\(start)/\(file)"
    }

    private static func escaped(_ text: String) -> String {
        String(
            text.unicodeScalars.reduce(into: String.UnicodeScalarView()) { result, scalar in
                switch scalar {
                case "%": result += "%25".unicodeScalars
                case "\r": result += "%0D".unicodeScalars
                case "\n": result += "%0A".unicodeScalars
                default: result.append(scalar)
                }
            }
        )
    }

    private static func escaped(property text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
