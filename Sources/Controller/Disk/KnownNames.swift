internal import Addresses
internal import Foundation

/// The addresses that services' names stand for, as the hosts files of all environments say.
struct KnownNames {
    var addresses: ServiceAddresses
    /// Addresses of the former range, by environment and service.
    private(set) var former: [String: [String: IPv4Address]]

    /// Reads the hosts files back.
    init(writtenIn layout: HostLayout) {
        var known: [ServiceAddresses.Key: IPv4Address] = [:]
        var former: [String: [String: IPv4Address]] = [:]
        let files = FileManager.default
        let root = "\(layout.stateDirectory)/environments"
        for environment in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            let folder = layout.hosts(of: environment)
            for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                else { continue }
                for entry in HostsFile.serviceAddresses(in: text) {
                    if let network = entry.network {
                        let key = ServiceAddresses.Key(
                            environment: environment,
                            service: entry.name,
                            network: network
                        )
                        known[key] = entry.address
                    } else {
                        former[environment, default: [:]][entry.name] = entry.address
                    }
                }
            }
        }
        addresses = ServiceAddresses(assigned: known)
        self.former = former
    }
}
