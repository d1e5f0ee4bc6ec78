package import Model

/// What a simulated host and its controllers go through; times in milliseconds from the start.
package struct Scenario: Sendable {
    /// What a revision wants, by service.
    package typealias Revision = [String: Goal]

    /// What happens to a call to the outside.
    package enum Fault: String, CaseIterable, Sendable {
        /// The controller dies before the call.
        case crashBefore
        /// The controller dies after the call.
        case crashAfter
        /// The call fails and nothing was done.
        case failBefore
        /// The call fails although it was done.
        case failAfter
    }

    /// What happens to the host.
    package enum Disturbance: Hashable, Sendable {
        /// Docker's daemon goes for some milliseconds and comes back.
        case daemon(liveRestore: Bool, away: Int64)
        /// The host goes for some milliseconds and comes back with an empty table.
        case reboot(away: Int64)
        /// `nft flush ruleset`.
        case flush
        /// `docker rm -f` of a container.
        case remove
        /// `docker rm -f` of all containers.
        case removeAll
        /// `docker stop` of a container.
        case stop
        /// `docker pause` of a container.
        case pause
        /// `docker rename` of a container to a name that says nothing.
        case rename
        /// `docker system prune`.
        case prune
    }

    /// How likely what goes wrong is, in a thousand.
    package struct Odds: Sendable {
        /// A fault of a call, of each kind.
        package var fault = 0
        /// An event that is not heard.
        package var lostEvent = 0
        /// An event that is heard twice.
        package var doubledEvent = 0
        /// A list that is an older one.
        package var staleList = 0
        /// A list that is empty.
        package var emptyList = 0

        /// Nothing goes wrong.
        package init() {}
    }

    /// What each version's process does, by service and version.
    package var behaviours: [String: Behaviour] = [:]
    /// What is on the host at the start.
    package var containers: [Container] = []
    /// Who serves at the start.
    package var table: [String: [Backend]] = [:]
    /// What is wanted, from when on.
    package var revisions: [(at: Int64, wanted: Revision)] = []
    /// What happens to the host, and when.
    package var disturbances: [(at: Int64, what: Disturbance)] = []
    /// Faults of single calls, by their number.
    package var faults: [Int: Fault] = [:]
    /// What goes wrong by chance until `calm`.
    package var odds = Odds()
    /// When the last thing goes wrong.
    package var calm: Int64 = 0
    /// How long after that everything is to be as it should.
    package var patience: Int64 = 120_000
    /// How many controllers look, in turns.
    package var controllers = 1

    /// An empty scenario.
    package init() {}

    /// Whether nothing but the controller and its calls ever goes wrong, so that no connection may
    /// be refused at any moment.
    package var isGentle: Bool {
        disturbances.isEmpty && containers.allSatisfy(\.isAdopted)
            && behaviours.values.allSatisfy { $0.fate == .well }
    }
}
