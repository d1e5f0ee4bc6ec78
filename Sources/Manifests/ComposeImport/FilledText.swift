/// A text of a Compose file with its variables filled in.
struct FilledText {
    /// What came out; a variable that is missing counts as its stand-in.
    var text: String
    /// The variables that it depends on.
    var names: [String] = []
    /// Those of them that have neither a value nor a default.
    var missing: [String] = []
    /// Why nothing came out.
    var problem: TextError?

    /// Fills a text; `standIn` is taken for a variable that is missing.
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
    /// The variables without a value.
    fileprivate var unsetNames: [String] {
        switch self {
        case .missing(let missing): missing.map(\.name)
        default: []
        }
    }
}
