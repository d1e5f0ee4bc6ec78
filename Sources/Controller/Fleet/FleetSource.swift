package import Model

/// Where desired states come from.
package protocol FleetSource: Sendable {
    /// Looks at the remote, and takes what is new; a look is cheap when nothing is.
    func refresh() async throws -> Refresh

    /// What the newest revision says about an environment.
    func desired(for environment: String) async throws -> Wanted

    /// What an older revision said about an environment; nil where it said nothing usable.
    func desired(for environment: String, at revision: String) async throws -> DesiredState?

    /// The environments that the newest revision describes, sorted.
    func environments() async throws -> [String]

    /// The commit that last set the line.
    func author(of location: SourceLocation, at revision: String) async -> Revision?
}

/// What a look at the remote found.
package struct Refresh: Hashable, Sendable {
    /// The commit before; nil at the first look.
    package var previous: String?
    /// The commit now.
    package var current: Revision
    /// Whether the commit before is no ancestor of the one now: somebody forced a push.
    package var isRewritten: Bool

    /// Whether anything is new.
    package var isMoved: Bool { previous != current.id }
}

/// What a revision says about one environment, or why it says nothing usable.
package struct Wanted: Sendable {
    /// The newest revision.
    package var tip: Revision
    /// The last good state: the newest revision's own, or where that is broken the nearest
    /// ancestor's; nil where there is none.
    package var desired: DesiredState?
    /// What is wrong with the newest revision; empty when it is the one in force.
    package var problems: [Diagnostic]
}
