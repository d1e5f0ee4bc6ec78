internal import Digests
internal import DockerEngine
internal import Foundation
internal import GitSource
internal import Model
internal import Platform
internal import Traffic

/// Whether the things that Berth needs are as they must be; each failure with its remedy.
package struct Checkup: Sendable {
    /// One thing that was looked at.
    package struct Finding: Sendable, Codable {
        /// What was looked at.
        package var subject: String
        /// Whether it is as it must be.
        package var isGood: Bool
        /// Whether it works but should not stay as it is.
        package var isWarning = false
        /// What was found, and what to do next.
        package var message: String
    }

    private let site: Site
    private let environments: [String]

    /// Checks a site, for these environments of its repository; none are all of them.
    package init(site: Site, environments: [String] = []) {
        self.site = site
        self.environments = environments
    }

    /// Looks at everything, also after something failed.
    package func findings() async -> [Finding] {
        [
            rights(),
            await stateDirectory(),
            await git(),
            await engine(),
            await table(),
        ] + warnings() + (await wanted())
    }

    private func warnings() -> [Finding] {
        site.warnings.map {
            Finding(subject: "git access", isGood: true, isWarning: true, message: $0)
        }
    }

    private func rights() -> Finding {
        let isRoot = geteuid() == 0
        return Finding(
            subject: "permissions",
            isGood: isRoot,
            message: isRoot
                ? "running as root"
                : "not root: traffic rules need root or CAP_NET_ADMIN; run with sudo"
        )
    }

    private func stateDirectory() async -> Finding {
        let path = site.configuration.stateDirectory
        let subject = "state directory"
        do {
            let state = StateDirectory(layout: site.layout)
            let isGood = try await DiskQueue().run(StateDirectory.subject) { state.isWritable }
            let message =
                isGood
                ? "\(path) is writable"
                : "\(path) is not writable; create it, or set another with --state-dir"
            return Finding(subject: subject, isGood: isGood, message: message)
        } catch {
            return Finding(subject: subject, isGood: false, message: "\(error)")
        }
    }

    private func git() async -> Finding {
        do {
            let tip = try await site.mirror.tip(of: site.configuration.branch)
            return Finding(
                subject: "git",
                isGood: true,
                message: "\(site.mirror.remote): \(tip.branch) is at \(tip.commit.short)"
            )
        } catch {
            return Finding(subject: "git", isGood: false, message: "\(error)")
        }
    }

    private func engine() async -> Finding {
        do {
            let version = try await site.engine.version()
            let api = try await site.engine.apiVersion()
            return Finding(
                subject: "docker",
                isGood: true,
                message: "\(site.engine.address): Docker \(version.version), API \(api)"
            )
        } catch {
            return Finding(subject: "docker", isGood: false, message: "\(error)")
        }
    }

    private func table() async -> Finding {
        do {
            let table = try await site.director.observe()
            return Finding(
                subject: "nftables",
                isGood: true,
                message: table.isPresent
                    ? "table ip berth exists" : "table ip berth does not exist yet"
            )
        } catch {
            return Finding(subject: "nftables", isGood: false, message: "\(error)")
        }
    }

    /// What the environments need beyond that.
    private func wanted() async -> [Finding] {
        guard (try? await site.source.refresh()) != nil,
            let known = try? await site.source.environments()
        else { return [] }
        var states: [DesiredState] = []
        for environment in environments.isEmpty ? known : environments {
            let wanted = try? await site.source.desired(for: environment)
            if let desired = wanted?.desired { states.append(desired) }
        }
        return await ports(states) + (await registries(states))
    }

    /// Whether anybody else has a host port that services want.
    private func ports(_ states: [DesiredState]) async -> [Finding] {
        var findings: [Finding] = []
        for desired in states {
            let request = ObserveRequest(environment: desired.environment, desired: desired)
            // A Docker that cannot be asked is a finding of its own.
            guard let observation = try? await site.host.observe(request).observation else {
                continue
            }
            let conflicts = observation.conflicts.values.joined()
                .sorted { ($0.service, $0.port) < ($1.service, $1.port) }
            findings += conflicts.map { conflict in
                Finding(
                    subject: "ports of \(desired.environment)/\(conflict.service)",
                    isGood: false,
                    message: "\(conflict)"
                )
            }
            findings += observation.writeConflicts.values.joined()
                .sorted { $0.service < $1.service }.map { conflict in
                    Finding(
                        subject: "storage of \(desired.environment)/\(conflict.service)",
                        isGood: false,
                        message: "\(conflict)"
                    )
                }
            findings += observation.refusals.sorted { $0.key < $1.key }.map { service, reason in
                Finding(
                    subject: "permissions of \(desired.environment)/\(service)",
                    isGood: false,
                    message: reason
                )
            }
            guard conflicts.isEmpty else { continue }
            findings.append(
                Finding(
                    subject: "ports of \(desired.environment)",
                    isGood: true,
                    message: "no host port conflicts"
                )
            )
        }
        return findings
    }

    /// One question to each registry that an environment names.
    private func registries(_ states: [DesiredState]) async -> [Finding] {
        var images: [String: ImageName] = [:]
        for service in states.flatMap(\.services) where images[service.image.registry] == nil {
            images[service.image.registry] = service.image
        }
        var findings: [Finding] = []
        for (registry, image) in images.sorted(by: { $0.key < $1.key }) {
            findings.append(await self.registry(registry, image))
        }
        return findings
    }

    private func registry(_ name: String, _ image: ImageName) async -> Finding {
        do {
            let digest = try await site.tags.digest(of: image, at: .now, maxAge: .zero)
            return Finding(
                subject: "registry \(name)",
                isGood: true,
                message: "\(image.familiar) is \(digest.short)"
            )
        } catch {
            return Finding(subject: "registry \(name)", isGood: false, message: "\(error)")
        }
    }
}
