package import Model
package import Planning
internal import Registry
package import Rollouts

/// One look at an environment: what is wanted, what is there, and what would be next.
package struct Reconciliation: Sendable {
    /// What the newest revision says.
    package var wanted: Wanted
    /// What the host said, and what it is told to do goes by.
    package var snapshot: any HostSnapshot
    /// What was seen, with what the loop knows of it.
    package var observation: Observation
    /// The services with their digests, by name.
    package var goals: [String: Goal]
    /// Services that have no goal and so stay as they are, and why.
    package var unresolved: [String: Unresolved]
    /// What is to become of each service.
    package var intents: [String: ServiceIntent]
    /// What each service needs next.
    package var decisions: [String: ServiceDecision]
    /// When it was looked at.
    package var now: Moment

    /// Where the traffic goes, if the decisions are followed.
    package var routes: [Route] {
        decisions.sorted { $0.key < $1.key }.map { name, decision in
            Route(
                name: name,
                service: wanted.desired?.service(named: name),
                backends: decision.backends
            )
        }
    }

    /// The next calls to the host.
    package var steps: [Step] {
        decisions.sorted { $0.key < $1.key }.flatMap(\.value.steps)
    }

    /// When to look again at the latest.
    package var requeueAt: Moment? {
        decisions.values.compactMap(\.requeueAt).min()
    }

    /// Desired against observed, with what else was found; nil without a desired state.
    package func comparison(with evidence: DriftInputs) -> Comparison? {
        var evidence = evidence
        evidence.completed = completedJobs
        return wanted.desired.map { desired in
            Comparison(
                desired: desired,
                goals: goals,
                observed: observation.state,
                inputs: evidence
            )
        }
    }

    /// Jobs that ran to their end for their goal, be it long ago.
    private var completedJobs: Set<String> {
        Set(
            goals.filter { name, goal in
                guard goal.service.isJob, let phases = decisions[name]?.phases else { return false }
                return !phases.isEmpty && phases.values.allSatisfy { $0 == .completed }
            }.keys
        )
    }
}

/// Why a service has no goal.
package struct Unresolved: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// The registry does not answer.
        case registry
        /// The image's digest is not known.
        case image
        /// The host or the policy does not allow it: a port, a mount, a file.
        case notAllowed
    }

    package var cause: Cause
    /// What happened, and what to do next.
    package var reason: String
}

extension Unresolved {
    /// The image's digest could not be found out.
    init(image error: any Error) {
        let isUnreachable =
            switch (error as? RegistryError)?.reason {
            case .unreachable, .timeout, .server: true
            default: false
            }
        self.init(cause: isUnreachable ? .registry : .image, reason: "\(error)")
    }
}
