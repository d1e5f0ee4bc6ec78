/// A host port that a service wants and somebody else has.
///
/// Rules for the port would take the other's traffic away without a word, so the service stays as
/// it is until one of the two gives way.
public struct PortConflict: Error, Hashable, Sendable {
    /// Who has it.
    public enum Claimant: Hashable, Sendable {
        /// A process that listens there; without a number where it could not be found.
        case process(name: String, id: Int32?)
        /// A container that is not Berth's, and the Compose project it belongs to.
        case container(name: String, project: String?)
        /// A chain of somebody else's rules, as `ip nat PREROUTING`.
        case rules(String)
        /// A service of another environment on this host, as `staging/web`.
        case service(String)
    }

    /// The service that wants the port.
    public var service: String
    /// The port and its protocol, as `8080/tcp`.
    public var port: String
    /// The address that is listened at, or that rules speak of: `0.0.0.0` is all of them.
    public var address: String
    /// Who has it.
    public var claimant: Claimant
}

extension PortConflict: CustomStringConvertible {
    /// What happened, and what to do next.
    public var description: String {
        "host port \(port) is taken: \(cause); \(remedy), or give \(service) another host port"
    }

    private var cause: String {
        switch claimant {
        case .process(let name, let id):
            let process = id.map { "\(name) (process \($0))" } ?? name
            return "\(process) listens at \(address)"
        case .container(let name, let project):
            let origin = project.map { " of the Compose project \($0)" } ?? ""
            return "the container \(name)\(origin) publishes it at \(address)"
        case .rules(let chain): return "a rule in \(chain) sends its callers elsewhere"
        case .service(let name): return "it leads to \(name) already"
        }
    }

    private var remedy: String {
        switch claimant {
        case .process(_, let id): id.map { "end process \($0)" } ?? "end that process"
        case .container(let name, _): "stop the container (docker stop \(name))"
        case .rules(let chain): "take the rule out (nft -a list chain \(chain))"
        case .service(let name): "take the port from \(name)"
        }
    }
}
