package import Model
internal import YAML

extension ComposeFile {
    /// What a file calls its project; nil where it does not say.
    package static func projectName(in bytes: [UInt8], variables: [String: String]) -> String? {
        let root = try? ManifestFile.parse(bytes, path: "")
        return root?["name"]?.scalar.map { FilledText($0.text, variables).text }
    }
}

/// The variables of a `.env` file beside a Compose file.
package enum ComposeVariables {
    /// Reads a file by Compose's rules: `known` comes before what the file itself set, and a
    /// missing variable is empty.
    ///
    /// - Throws: the place of the first line that cannot be read; nothing of its content, which
    ///   may be secret.
    package static func read(
        _ bytes: [UInt8],
        path: String,
        known: [String: String] = [:]
    ) throws(Diagnostic) -> [String: String] {
        do {
            let text = String(decoding: bytes, as: UTF8.self)
            return try DotEnvText.variables(text, unsetIsEmpty: true) { known[$0] }
        } catch {
            throw Diagnostic(
                at: SourceLocation(file: path, line: error.line, column: 1),
                "the line is not a variable",
                remedy: "write NAME=value, and close quotes"
            )
        }
    }
}

/// Which services of a Compose file run: those without `profiles`, and those of profiles that
/// `COMPOSE_PROFILES` turns on.
enum ComposeProfiles {
    static func active(in root: Node, _ variables: [String: String]) -> Set<String> {
        let chosen = Set(
            (variables["COMPOSE_PROFILES"] ?? "").split(separator: ",").map {
                String($0.filter { !$0.isWhitespace })
            }
        )
        let active = (root["services"]?.entries ?? []).filter { entry in
            let profiles = (entry.value["profiles"]?.items ?? []).compactMap { node in
                node.scalar.map { FilledText($0.text, variables).text }
            }
            return profiles.isEmpty || chosen.contains("*") || !chosen.isDisjoint(with: profiles)
        }
        return Set(active.map(\.name))
    }
}

struct FilledText {
    /// What came out; a variable that is missing counts as its stand-in.
    var text: String
    var names: [String] = []
    /// Those of them that have neither a value nor a default.
    var missing: [String] = []
    var problem: TextError?

    /// `standIn` is taken for a variable that is missing.
    init(
        _ template: String,
        _ variables: [String: String],
        standIn: (_ name: String) -> String = { _ in "" }
    ) {
        var known = variables
        text = template
        while true {
            do throws(InterpolationError) {
                let values = known
                let result = try Interpolation.fill(template) { values[$0] }
                text = result.text
                names = result.names
                return
            } catch {
                // An empty stand-in does not help `${NAME:?}`.
                let new = error.unsetNames.filter { !missing.contains($0) }
                guard !new.isEmpty, missing.count < 64 else {
                    problem = error.text(environmentFile: nil)
                    return
                }
                missing += new
                for name in new { known[name] = standIn(name) }
            }
        }
    }
}

extension InterpolationError {
    fileprivate var unsetNames: [String] {
        switch self {
        case .missing(let missing): missing.map(\.name)
        default: []
        }
    }
}

/// The names of variables that a text mentions, as `$NAME` or in `${…}`, with or without a use.
enum VariableNames {
    static func used(in text: String) -> Set<String> {
        var names: Set<String> = []
        var rest = Array(text.utf8)[...]
        while let dollar = rest.firstIndex(of: .dollar) {
            rest = rest[(dollar + 1)...]
            if rest.first == .dollar {
                rest = rest.dropFirst()
                continue
            }
            if rest.first == .leftBrace { rest = rest.dropFirst() }
            guard rest.first?.startsName == true else { continue }
            let name = rest.prefix(while: \.continuesName)
            names.insert(String(decoding: name, as: UTF8.self))
            rest = rest[name.endIndex...]
        }
        return names
    }
}

/// Writes a file of variables that Berth and Compose read back as the same values.
enum EnvironmentFileText {
    static func canHold(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("export ")
            && name.allSatisfy { $0.isLetter || $0.isNumber || "_.-[]".contains($0) }
    }

    static func write(_ variables: [String: String]) -> String {
        variables.sorted { $0.key < $1.key }.map { "\($0.key)=\(written($0.value))\n" }.joined()
    }

    private static func written(_ value: String) -> String {
        let isWord = value.utf8.allSatisfy {
            $0.continuesName || "./-+:@,%".utf8.contains($0)
        }
        if isWord { return value }
        // A backslash before the closing quote would take it into the value.
        if !value.utf8.contains(UInt8(ascii: "'")), value.utf8.last != UInt8(ascii: "\\") {
            return "'\(value)'"
        }
        var text = ""
        for scalar in value.unicodeScalars {
            if "\\\"$".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return "\"\(text)\""
    }
}
