internal import Model

/// All diagnostics so far, up to a limit.
struct Problems {
    static let most = 500

    /// How many problems get a suggestion; each costs time.
    static let mostSuggestions = 20

    private(set) var diagnostics: [Diagnostic] = []

    /// How many errors were found, kept or not.
    private(set) var errors = 0

    var hasErrors: Bool { errors > 0 }

    /// The entries that `policy` lacks.
    private(set) var grants: Set<Grant> = []

    /// The volumes that are not declared shared and would have to be.
    private(set) var sharedVolumes: Set<String> = []

    mutating func noteShared(volume key: String) {
        guard sharedVolumes.count < Self.most else { return }
        sharedVolumes.insert(key)
    }

    /// An entry of one of the policy's lists.
    struct Grant: Hashable, Sendable {
        /// The key under `policy`.
        var key: String
        var entry: String
    }

    mutating func noteGrant(_ entry: String, in key: String) {
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
        noteGrant(entry, in: key)
        let remedy = "remove it, or add \(entry) to policy.\(key) in \(file.path)"
        report(TextError(message, remedy: remedy), at: location, field: field)
    }

    mutating func absorb(_ other: Problems) {
        report(other.diagnostics)
        for grant in other.grants { noteGrant(grant.entry, in: grant.key) }
    }

    var isFull: Bool { diagnostics.count >= Self.most }

    /// Whether what is misspelt still gets a suggestion.
    var suggests: Bool { diagnostics.count < Self.mostSuggestions }

    mutating func report(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { errors += 1 }
        guard !isFull else { return }
        diagnostics.append(diagnostic)
    }

    mutating func report(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics { report(diagnostic) }
    }

    mutating func report(_ error: TextError, at location: SourceLocation?, field: String) {
        report(Diagnostic(at: location, field: field, error.message, remedy: error.remedy))
    }

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
