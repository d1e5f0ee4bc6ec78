internal import Controller
internal import Model

/// `berth validate`: checks the files of a fleet repository, offline.
enum ValidateCommand: Subcommand {
    static let name = "validate"
    static let summary = "check the manifests and environments of a folder, offline"
    static let argument: String? = "[FOLDER]"
    static let flags: [Flag] = [.checkFormat]

    static func run(_ context: Context) async throws -> ExitCode {
        let checked = try CheckedFolder(path: context.folder)
        let report = ValidationReport(folder: context.folder, checked: checked)
        guard context.arguments[.checkFormat] == "github" else { return try context.print(report) }
        for problem in report.rows {
            context.print(problem.annotation(in: context.folder))
        }
        return report.exitCode
    }
}

struct ValidationReport: Report {
    let folder: String
    let checked: CheckedFolder

    struct Problem: Encodable {
        var severity: String
        var file: String?
        var line: Int?
        var column: Int?
        var field: String
        var message: String
        var remedy: String
    }

    var title: String { "" }
    var rows: [Diagnostic] { checked.problems }
    var exitCode: ExitCode { rows.contains { $0.severity == .error } ? .failure : .success }

    /// As compilers print them, for editors.
    var text: String {
        let names = checked.environments.joined(separator: ", ").nonEmpty ?? "no environments"
        let summary = exitCode == .success ? ["\(folder): valid (\(names))"] : []
        return (rows.map(\.description) + summary).joined(separator: "\n")
    }

    var json: [Problem] {
        rows.map { problem in
            Problem(
                severity: problem.severity.rawValue,
                file: problem.location?.file,
                line: problem.location?.line,
                column: problem.location?.column,
                field: problem.field,
                message: problem.message,
                remedy: problem.remedy
            )
        }
    }

    static var columns: [Column<Diagnostic>] {
        [
            ("SEVERITY", \.severity.rawValue), ("LOCATION", \.location?.description),
            ("FIELD", \.field), ("PROBLEM", \.message), ("REMEDY", \.remedy),
        ]
    }
}

extension Diagnostic {
    /// A workflow command of GitHub Actions, which shows the problem beside its line:
    /// `::error file=…,line=…,col=…,title=…::…`, paths from the workspace's root.
    ///
    /// The escapes are those of actions/toolkit, `packages/core/src/command.ts`.
    fileprivate func annotation(in folder: String) -> String {
        let start = folder.hasPrefix("./") ? String(folder.dropFirst(2)) : folder
        let root = start == "." ? "" : start.isEmpty || start.hasSuffix("/") ? start : "\(start)/"
        var properties: [String] = []
        if let place = location {
            let file = Self.escaped(property: root + place.file)
            properties = ["file=\(file)", "line=\(place.line)", "col=\(place.column)"]
        }
        if !field.isEmpty { properties.append("title=\(Self.escaped(property: field))") }
        let head = [severity.rawValue, properties.joined(separator: ",")].filter { !$0.isEmpty }
        let advice = remedy.isEmpty ? "" : "; \(remedy)"
        return "::\(head.joined(separator: " "))::\(Self.escaped(message + advice))"
    }

    private static func escaped(_ text: String) -> String {
        // By scalars: a carriage return and a line feed are one Character, which equals neither.
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escaped(property text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
