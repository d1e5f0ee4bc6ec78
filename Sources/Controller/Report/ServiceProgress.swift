internal import Model
internal import Rollouts

/// How far a service has come, as one pass of a loop saw it.
package struct ServiceProgress: Hashable, Sendable {
    /// Where it stands.
    package var status: ServiceStatus
    /// The image that it goes to, as pulls are told of; nil where it has no goal.
    package var image: String?
    /// Names where a service stands.
    package init(status: ServiceStatus, image: String? = nil) {
        self.status = status
        self.image = image
    }
}

extension Reconciliation {
    /// Where each service stands, by name.
    package var progress: [ServiceProgress] {
        let listed = wanted.desired?.services.map(\.name) ?? []
        return Set(listed).union(decisions.keys).sorted().map { name in
            var status = ServiceStatus(name, self, [])
            // Its slots are as they should be, but an apply still waits for something.
            if status.state == .ready, decisions[name]?.isSettled == false {
                status.state = .updating
                status.message = "replaced containers are terminating"
            }
            return ServiceProgress(status: status, image: goals[name]?.image.familiar)
        }
    }
}
