public import Model

/// Where desired states come from.
public protocol FleetSource: Sendable {
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
public struct Refresh: Hashable, Sendable {
    /// The commit before; nil at the first look.
    public var previous: String?
    /// The commit now.
    public var current: Revision
    /// Whether the commit before is no ancestor of the one now: somebody forced a push.
    public var isRewritten: Bool

    /// Whether anything is new.
    public var isMoved: Bool { previous != current.id }
}

/// What a revision says about one environment, or why it says nothing usable.
public struct Wanted: Sendable {
    /// The newest revision.
    public var tip: Revision
    /// The last good state: the newest revision's own, or where that is broken the nearest
    /// ancestor's; nil where there is none.
    public var desired: DesiredState?
    /// What is wrong with the newest revision; empty when it is the one in force.
    public var problems: [Diagnostic]
}
