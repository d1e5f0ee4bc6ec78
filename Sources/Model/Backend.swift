package import Addresses

/// A container that a service's traffic goes to.
package struct Backend: Hashable, Sendable {
    /// The replica's place.
    package var slot: Int
    /// Which of the slot's containers.
    package var generation: Int
    /// The container's id; as read back from the table it may be the first twelve digits only.
    package var container: String
    /// Where the traffic goes; nil for a container in the host's own network, which is recorded
    /// but needs no rule to be reached.
    package var address: IPv4Address?
    /// When it began to serve.
    package var since: Moment

    /// Names a backend.
    package init(
        slot: Int,
        generation: Int,
        container: String,
        address: IPv4Address?,
        since: Moment
    ) {
        self.slot = slot
        self.generation = generation
        self.container = container
        self.address = address
        self.since = since
    }

    /// Whether this is that container, whichever of the two ids is abbreviated to twelve digits or
    /// more.
    package func isContainer(_ id: String) -> Bool {
        guard container.utf8.count >= 12, id.utf8.count >= 12 else { return container == id }
        return container.hasPrefix(id) || id.hasPrefix(container)
    }
}
