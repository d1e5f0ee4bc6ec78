internal import Model

/// Everything found wrong so far, up to a limit that nobody reads beyond.
struct Problems {
    /// The most diagnostics that are kept.
    static let most = 500

    /// How many problems get a suggestion: those cost time, and nobody reads hundreds of them.
    static let mostSuggestions = 20

    /// What was found, in the order of finding.
    private(set) var diagnostics: [Diagnostic] = []

    /// How many errors were found, kept or not.
    private(set) var errors = 0

    /// Whether anything found stops the environment.
    var hasErrors: Bool { errors > 0 }

    /// What `policy` would have to say for everything to be granted.
    private(set) var grants: Set<Grant> = []

    /// Volumes that would have to be declared shared.
    private(set) var sharedVolumes: Set<String> = []

    /// Notes a volume that several containers write to.
    mutating func wantsShared(volume key: String) {
        guard sharedVolumes.count < Self.most else { return }
        sharedVolumes.insert(key)
    }

    /// An entry of one of the policy's lists.
    struct Grant: Hashable, Sendable {
        /// The key under `policy`.
        var key: String
        var entry: String
    }

    /// Notes what the policy lacks.
    mutating func wants(_ entry: String, in key: String) {
        guard grants.count < Self.most else { return }
        grants.insert(Grant(key: key, entry: entry))
    }

    /// Keeps an error about what the policy does not grant, and says which entry would.
    mutating func refuse(
        _ message: String,
        entry: String,
        in key: String,
        of file: EnvironmentFile,
        at location: SourceLocation?,
        field: String
    ) {
        wants(entry, in: key)
        let remedy = "remove it, or add \(entry) to policy.\(key) in \(file.path)"
        report(TextError(message, remedy: remedy), at: location, field: field)
    }

    /// Takes over what was found elsewhere.
    mutating func absorb(_ other: Problems) {
        report(other.diagnostics)
        for grant in other.grants { wants(grant.entry, in: grant.key) }
    }

    /// Whether nothing more is kept.
    var isFull: Bool { diagnostics.count >= Self.most }

    /// Whether what is misspelt still gets a suggestion.
    var suggests: Bool { diagnostics.count < Self.mostSuggestions }

    /// Keeps a diagnostic.
    mutating func report(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { errors += 1 }
        guard !isFull else { return }
        diagnostics.append(diagnostic)
    }

    /// Keeps several diagnostics.
    mutating func report(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { report(diagnostic) }
    }

    /// Keeps an error about a field.
    mutating func report(_ error: TextError, at location: SourceLocation?, field: String) {
        report(Diagnostic(at: location, field: field, error.message, remedy: error.remedy))
    }

    /// Keeps a warning about a field.
    mutating func warn(_ warning: TextError, at location: SourceLocation?, field: String) {
        let remedy = warning.remedy
        report(Diagnostic(.warning, at: location, field: field, warning.message, remedy: remedy))
    }

    /// The diagnostics without repetitions, ordered by place.
    var sorted: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return diagnostics.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            switch (left.element.location, right.element.location) {
            case (let first?, let second?) where first != second: first < second
            case (nil, _?): true
            case (_?, nil): false
            default: left.offset < right.offset
            }
        }.map(\.element)
    }
}
