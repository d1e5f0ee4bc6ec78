internal import Platform
internal import Printing

/// A host port that a service wants and cannot have.
///
/// Rules for the port would take the traffic of another without a word, so the service stays as it
/// is until one of the two gives way.
package struct PortConflict: Error, Hashable, Sendable {
    /// What is in the way.
    package enum Claimant: Hashable, Sendable {
        /// A process that listens there; without a number where it could not be found.
        case process(name: String, id: Int32?)
        /// A container whose port Docker publishes, and the Compose project it belongs to.
        case container(name: String, project: String?)
        /// A chain with rules that are not Berth's, as `ip nat PREROUTING`, and the command that
        /// shows it.
        case rules(String, listing: String)
        /// A service of another environment on this host, as `staging/web`.
        case service(String)
        /// The address is not one of this host's.
        case foreignAddress
        /// The address stands for a service in one of its networks, as `prod/db`.
        case serviceAddress(String)
    }

    /// The service that wants the port.
    package var service: String
    /// The port and its protocol, as `8080/tcp`, or `of Docker's choice for 80/tcp`.
    package var port: String
    /// The address that the claimant has the port at: `0.0.0.0` and `::` are all of a family.
    package var address: String
    /// What is in the way.
    package var claimant: Claimant
}

extension PortConflict: CustomStringConvertible {
    /// What happened, and what to do next; any user may name a process, so only what is printable.
    package var description: String { sentence.onOneLine() }

    private var sentence: String {
        let other =
            isOfAddress ? "publish \(service) at another" : "give \(service) another host port"
        let problem =
            isOfAddress ? "cannot be published at \(address), which is" : "is taken:"
        return "host port \(port) \(problem) \(cause); \(remedy), or \(other)"
    }

    /// The Compose project that has the port.
    var project: String? {
        if case .container(_, let project) = claimant { project } else { nil }
    }

    /// Whether the port could be published at another address.
    var isOfAddress: Bool {
        switch claimant {
        case .foreignAddress, .serviceAddress: true
        case .process, .container, .rules, .service: false
        }
    }

    private var cause: String {
        switch claimant {
        case .process(let name, let id):
            let process = id.map { "\(name) (process \($0))" } ?? name
            return "\(process) listens at \(address)"
        case .container(let name, let project):
            let origin = project.map { " of the Compose project \($0.onOneLine(ofAtMost: 80))" }
            return "the container \(name)\(origin ?? "") publishes it at \(address)"
        case .rules(let chain, _): return "a rule in \(chain) sends its callers elsewhere"
        case .service(let name): return "\(name) publishes it at \(address)"
        case .foreignAddress: return "not an address of this host"
        case .serviceAddress(let name):
            return "the address of \(name) for its neighbours, where no host port is served"
        }
    }

    private var remedy: String {
        switch claimant {
        case .process(_, let id): id.map { "end process \($0)" } ?? "end that process"
        case .container(let name, _): "stop the container (docker stop \(name))"
        case .rules(_, let listing): "remove the rule (\(listing))"
        case .service(let name): "take the port from \(name)"
        case .foreignAddress: "add the address to an interface (ip address add)"
        case .serviceAddress: "take an address of one of the host's interfaces"
        }
    }
}
