internal import Model

/// A service's mount that is written to, and where the files say so.
struct StorageUse: Sendable {
    var environment: String
    var service: String
    var claim: StorageClaim
    /// The volume's key; nil for a path.
    var volume: String?
    /// The path of the host, for a bind mount.
    var path: String?
    /// Whether the volume is the environment's own, with a name derived from the environment's.
    var isDerived = false
    /// Whether the volume is the environment's own.
    var isOwn = false
    var location: SourceLocation?
    var field: String

    static func all(of state: DesiredState, _ resolved: [ResolvedService]) -> [StorageUse] {
        let values = Dictionary(resolved.map { ($0.name, $0["volumes"]?.list ?? []) }) { $1 }
        return state.services.filter { $0.replicas > 0 }.flatMap { service in
            service.container.mounts.filter { !$0.readOnly }.compactMap { mount -> StorageUse? in
                let list = values[service.name] ?? []
                let index = list.firstIndex { $0["target"]?.string == mount.target }
                let field = "services.\(service.name).volumes" + (index.map { "[\($0)]" } ?? "")
                return state.claim(of: mount).map { claim in
                    var use = StorageUse(
                        environment: state.environment,
                        service: service.name,
                        claim: claim,
                        location: index.map { list[$0].origin.location } ?? service.location,
                        field: field
                    )
                    use.identify(mount.source, in: state)
                    return use
                }
            }
        }
    }

    private mutating func identify(_ source: Mount.Source, in state: DesiredState) {
        switch source {
        case .volume(let key, _):
            volume = key
            isOwn = state.volumes[key]?.isExternal == false
            isDerived = isOwn && state.volumes[key]?.name == nil
        case .bind(let path, _): self.path = path
        case .anonymousVolume, .tmpfs: break
        }
    }
}

/// Which containers would write to one place, as far as the files say it.
///
/// Where paths really are, and what else runs, only the host knows.
struct WriterChecks {
    private let uses: [StorageUse]
    private var usesByPlace: [StoragePlace: [Int]] = [:]
    private(set) var problems: Problems

    init(_ uses: [StorageUse], _ problems: Problems) {
        self.uses = uses
        self.problems = problems
        for (index, use) in uses.enumerated() {
            for place in use.claim.places { usesByPlace[place, default: []].append(index) }
        }
    }

    /// Reports what services of one environment, or replicas of one, would write to at a time.
    mutating func run(of state: DesiredState) {
        let services = Dictionary(state.services.map { ($0.name, $0) }) { $1 }
        for use in uses where !use.claim.isShared {
            guard let service = services[use.service], service.replicas > 1 else { continue }
            noteGrant(for: use)
            let error = TextError(
                "\(service.replicas) containers would write to \(use.claim.subject) at a time",
                remedy: "run one replica, or add \(use.claim.allowance) if the application allows "
                    + "several writers"
            )
            let place = service.origins["replicas"] ?? use.location
            problems.report(error, at: place, field: "services.\(use.service).deploy.replicas")
        }
        for (use, other) in pairs(where: { $0.service != $1.service }) {
            noteGrant(for: use)
            if !other.claim.isShared { noteGrant(for: other) }
            problems.report(
                Self.error(use, "the service \(other.service)", other.claim),
                at: use.location,
                field: use.field
            )
        }
    }

    /// Reports what two environments would write to.
    ///
    /// They may run on different hosts; but an environment's own volume is where it runs.
    mutating func runBetweenEnvironments() {
        let pairs = pairs { use, other in
            // Of one volume that both would create, the name is reported already.
            use.environment != other.environment
                && !(use.isOwn && other.isOwn && use.claim.subject == other.claim.subject)
        }
        for (use, other) in pairs {
            var error = Self.error(use, "\(other.environment)/\(other.service)", other.claim)
            let isOneVolume = use.claim.subject == other.claim.subject
            guard !isOneVolume || !(use.isDerived || other.isDerived) else {
                problems.report(error, at: use.location, field: use.field)
                continue
            }
            error.remedy = "if both run on one host, \(error.remedy)"
            problems.warn(error, at: use.location, field: use.field)
        }
    }

    /// A use that does not allow another, once each, with the first such other.
    private func pairs(
        where isPair: (StorageUse, StorageUse) -> Bool
    ) -> [(StorageUse, StorageUse)] {
        uses.enumerated().compactMap { index, use in
            let others = use.claim.places.lazy.flatMap(\.enclosing)
                .flatMap { usesByPlace[$0] ?? [] }
            let other = others.first { other in
                guard other != index, isPair(use, uses[other]) else { return false }
                guard use.claim.isShared || uses[other].claim.isShared else {
                    // Of two at one place, the later one has the error.
                    return other < index || !isSame(use, uses[other])
                }
                return !(use.claim.isShared && uses[other].claim.isShared)
            }
            return other.map { other in
                use.claim.isShared ? (uses[other], use) : (use, uses[other])
            }
        }
    }

    private func isSame(_ use: StorageUse, _ other: StorageUse) -> Bool {
        !use.claim.places.isDisjoint(with: other.claim.places)
    }

    private mutating func noteGrant(for use: StorageUse) {
        if let volume = use.volume { problems.noteShared(volume: volume) }
        if let path = use.path { problems.noteGrant(path, in: "shared_paths") }
    }

    private static func error(
        _ use: StorageUse,
        _ other: String,
        _ claim: StorageClaim
    ) -> TextError {
        let isSame = claim.subject == use.claim.subject
        let through = isSame ? "" : ", which mounts \(claim.subject)"
        let allowances = [use.claim.allowance] + (claim.isShared ? [] : [claim.allowance])
        let allowance = Set(allowances).sorted().joined(separator: ", and ")
        return TextError(
            "\(use.claim.subject) is written to by \(other), too\(through)",
            remedy: "mount it read-only in one of them, or add \(allowance) if the "
                + "applications allow several writers"
        )
    }
}
