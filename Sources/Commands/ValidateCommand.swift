internal import Controller
internal import Foundation
internal import Model

/// `berth validate`: checks the files of a fleet repository, offline.
enum ValidateCommand: Subcommand {
    static let name = "validate"
    static let summary = "check manifests and environments of a folder, for a CI job"
    static let flags: [Flag] = [.checkFormat]

    static func run(_ context: Context) async throws -> ExitCode {
        let folder = try context.folder()
        let format: Format = try context.choice(.checkFormat)
        let checked = try CheckedFolder(path: folder)
        let errors = checked.problems.count { $0.severity == .error }
        switch format {
        case .json: try context.printJSON(checked.problems.map(Row.init))
        case .table:
            for problem in checked.problems { context.print("\(problem)") }
            let names = checked.environments.joined(separator: ", ")
            if errors == 0 { context.print("\(folder): \(names.nonEmpty ?? "nothing") valid") }
        case .github:
            for problem in checked.problems {
                context.print(GitHubAnnotation(problem, in: folder).description)
            }
        case .markdown:
            let rows = checked.problems.map { problem in
                [
                    problem.severity.rawValue, problem.location.map(\.description) ?? folder,
                    problem.field, problem.message, problem.remedy,
                ]
            }
            context.print(
                TextTable(
                    headings: ["SEVERITY", "PLACE", "FIELD", "PROBLEM", "REMEDY"],
                    rows: rows
                ).markdown
            )
        }
        return errors == 0 ? .success : .failure
    }

    private enum Format: String, CaseIterable {
        case table
        case json
        case markdown
        case github
    }

    private struct Row: Encodable {
        var severity: String
        var file: String?
        var line: Int?
        var column: Int?
        var field: String
        var message: String
        var remedy: String

        init(_ problem: Diagnostic) {
            severity = problem.severity.rawValue
            file = problem.location?.file
            line = problem.location?.line
            column = problem.location?.column
            field = problem.field
            message = problem.message
            remedy = problem.remedy
        }
    }
}
