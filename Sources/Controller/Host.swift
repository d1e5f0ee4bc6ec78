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
    /// in motion need.
    ///
    /// Throws rather than report an emptiness that the traffic table contradicts.
    func observe(_ scene: Scene) async throws -> Observation

    /// Makes what containers need before they can be made: networks, volumes, files.
    /// What is there already is left as it is.
    ///
    /// Throws ``Unprepared`` where what only some services need could not be made.
    func prepare(_ desired: DesiredState) async throws

    /// Makes the table lead where `routes` say; returns what was different.
    func route(_ routes: [Route], of environment: String) async throws -> [FieldDifference]

    /// Takes a container that has ended out of the table at once, where another of its service
    /// serves; whatever else follows from its end is for the next pass to decide.
    func withdraw(_ container: String, from environment: String) async throws

    /// Makes one step; a step that was made already succeeds.
    func perform(_ step: Step, in desired: DesiredState) async throws

    /// The digest of an image that the host has under that name; nil when it has none.
    func localDigest(of image: ImageName) async throws -> Digest?

    /// The digests of what of the host is part of a service's spec, by path; none where there is no
    /// file and need not be.
    func digests(of service: Service, in desired: DesiredState) async throws -> [String: Digest]

    /// How containers differ from their goals, by container id.
    func fieldDifferences(
        _ pairs: [(container: Container, goal: Goal)],
        in desired: DesiredState
    ) async throws -> [String: [FieldDifference]]

    /// What the table would have to change for `routes`, by service.
    func trafficDifferences(
        _ routes: [Route],
        of environment: String
    ) async throws -> [String: [FieldDifference]]
}

/// What to look at.
package struct Scene: Sendable {
    /// The environment's name.
    package var environment: String
    /// Its services, which say how their containers are probed.
    package var services: [String: Service]
    /// What the revision wants, for what is still to be prepared; nil while there is none.
    package var desired: DesiredState?
    /// Whether who could serve is all there is to know where the table was lost: callers wait.
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
