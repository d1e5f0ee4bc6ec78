package import Digests
package import Model
package import Planning
package import Rollouts

/// The machine that an environment runs on, in the loop's own words.
///
/// Plain Docker with nftables is one conformance, the simulated host of the tests another.
/// Every call may fail, and may fail after it had its effect.
package protocol Host: Sendable {
    /// Looks at the environment: its containers, who serves, and the closer look that containers
    /// in motion need. Changes nothing.
    ///
    /// Throws rather than report an emptiness that the traffic table contradicts.
    func observe(_ request: ObserveRequest) async throws -> any HostSnapshot

    /// Takes a container that has ended out of the table at once, where another of its service
    /// serves; whatever else follows from its end is for the next pass to decide.
    func withdraw(_ container: String, from environment: String) async throws

    /// The digest of an image that the host has under that name; nil when it has none.
    func localDigest(of image: ImageName) async throws -> Digest?

    /// The digests of what of the host is part of a service's spec, by path; none where there is no
    /// file and need not be.
    func digests(of service: Service, in desired: DesiredState) async throws -> [String: Digest]
}

/// What was seen of an environment, and what a pass does with it: each call goes by this look and
/// by nothing that a later one finds.
package protocol HostSnapshot: Sendable {
    /// What was seen, in the loop's words.
    var observation: Observation { get }

    /// Creates what containers need before they can be created: networks, volumes, files. What
    /// exists is left as it is.
    ///
    /// Returns the snapshot to go on with, and which services lack what could not be created.
    func prepare() async throws -> (after: any HostSnapshot, missing: PreparationError)

    /// Has the table route as `routes` say; returns what was different.
    func route(_ routes: [Route]) async throws -> [FieldDifference]

    /// Takes one step; a step that was taken already succeeds.
    func perform(_ step: Step) async throws

    /// How containers differ from their goals, by container id.
    func fieldDifferences(
        _ pairs: [(container: Container, goal: Goal)]
    ) async throws -> [String: [FieldDifference]]

    /// What the table would have to change for `routes`, by service.
    func trafficDifferences(_ routes: [Route]) throws -> [String: [FieldDifference]]
}

/// What to look at.
package struct ObserveRequest: Sendable {
    package var environment: String
    /// What the revision says; nil while there is none.
    package var desired: DesiredState?
    /// Whether the look may stop, where the table was lost, at who could serve: callers wait.
    package var isHasty = false
}

/// What was seen.
package struct Observation: Sendable {
    /// Containers and traffic.
    package var state: ObservedState
    /// Names of networks and volumes that are still to be made.
    package var preparations: [String]
    /// Names of networks that are to be removed.
    package var leftovers: [String] = []
    /// What else there is to say of some of them, by name.
    package var notes: [String: String] = [:]
    /// Whether the table has anything of the environment, be it a chain without backends.
    ///
    /// It has nothing after a reboot, or when a firewall service emptied it.
    package var hasTable = true
    /// Host ports that services want and somebody else has, by service.
    package var conflicts: [String: [PortConflict]] = [:]
    /// Containers that write to what services would write to, by service.
    package var writeConflicts: [String: [WriteConflict]] = [:]
    /// Why services must not have a network, volume or path of the host, by service.
    package var refusals: [String: String] = [:]
    /// What differs beside containers and traffic: networks, volumes, mounted files, and
    /// containers with Berth's labels that are not Berth's.
    package var drift: [Drift] = []
    /// Compose projects that have what services want, and that the environment does not adopt.
    package var rivalProjects: Set<String> = []
    /// Whether the host has no container and no network of the adopted project.
    package var isProjectMissing = false
    /// Containers of the adopted project that no service replaces, by name.
    package var bystanders: [String] = []
}

/// Where the traffic of a service goes.
package struct Route: Hashable, Sendable {
    /// The service's name.
    package var name: String
    /// What is known of it; nil for a service that is no longer described: its entry points stay as
    /// they are until it has gone.
    package var service: Service?
    /// Who serves.
    package var backends: [Backend]
}
