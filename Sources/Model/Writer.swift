internal import Printing

/// A running container, with what it writes to.
package struct Writer: Hashable, Sendable {
    /// What a container belongs to.
    package enum Owner: Hashable, Sendable {
        /// Others: a Compose project, or none.
        case others(project: String?)
        /// A service of an environment.
        case service(String, environment: String)

        /// The Compose project; nil for all else.
        package var project: String? {
            if case .others(let project) = self { project } else { nil }
        }
    }

    /// The container's ID.
    package var id: String
    /// The container's name.
    package var container: String
    /// What it belongs to.
    package var owner: Owner
    /// What it writes to.
    package var claims: [StorageClaim]

    /// Describes a container.
    package init(id: String, container: String, owner: Owner, claims: [StorageClaim]) {
        self.id = id
        self.container = container
        self.owner = owner
        self.claims = claims
    }
}

/// A service writes where another container writes, and the files do not say that this is allowed.
package struct WriteConflict: Error, Hashable, Sendable {
    /// The service that gets no container.
    package var service: String
    /// What it writes to.
    package var claim: StorageClaim
    /// The container that writes there.
    package var container: String
    /// What that one belongs to.
    package var owner: Writer.Owner
    /// What that one has mounted.
    package var through: String
}

extension WriteConflict: CustomStringConvertible {
    /// What happened, and what to do next, on one line.
    package var description: String {
        let mount = through == claim.subject ? "" : ", which mounts \(through)"
        return "\(claim.subject) is written to by \(writer)\(mount); \(remedy), or add "
            + "\(claim.allowance) if the application allows several writers"
    }

    private var writer: String {
        switch owner {
        case .others(let project?):
            "the container \(container) of the Compose project \(project.onOneLine(ofAtMost: 80))"
        case .others(nil): "the container \(container)"
        case .service(let name, let environment): "\(container) (\(environment)/\(name))"
        }
    }

    private var remedy: String {
        switch owner {
        case .others: "stop that container (docker stop \(container))"
        case .service(let name, let environment):
            "wait until it has gone, or take the mount from \(environment)/\(name)"
        }
    }
}

extension [Writer] {
    /// What stands against a service's writing to these mounts.
    package func conflicts(
        with claims: [StorageClaim],
        of service: String
    ) -> [WriteConflict] {
        claims.filter { !$0.isShared }.flatMap { claim in
            compactMap { writer in
                writer.claims.first(where: claim.overlaps).map { other in
                    WriteConflict(
                        service: service,
                        claim: claim,
                        container: writer.container,
                        owner: writer.owner,
                        through: other.subject
                    )
                }
            }
        }
    }
}
