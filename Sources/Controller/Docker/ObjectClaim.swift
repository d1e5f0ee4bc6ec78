internal import DockerEngine
internal import Model
internal import Planning

/// Whether a volume or network that has the wanted name is the one that the manifest means.
///
/// Berth's own carry their environment as a label; what has another environment's, or none, belongs
/// to others and is only used where the manifest says so and the policy allows it.
struct ObjectClaim {
    /// `volume` or `network`.
    let kind: String
    /// The key in the manifest.
    let key: String
    /// The name in Docker.
    let name: String
    let labels: [String: String]
    let isExternal: Bool
    /// Whether the policy names it among what belongs to others.
    let isGranted: Bool
    /// The Compose project that the environment takes over, with all that belongs to it.
    var adopted: String?

    /// Whether it was created by the adopted project.
    var isAdopted: Bool {
        labels[Label.environment] == nil && adopted != nil
            && labels[Label.composeProject] == adopted
    }

    /// Why it must not be used; nil where it may be.
    func refusal(in environment: String) -> ForeignObject? {
        if isAdopted { return nil }
        return switch labels[Label.environment] {
        case environment: nil
        case let owner?:
            isExternal && isGranted ? nil : refusal("belongs to the environment \(owner)")
        case nil where isExternal: nil
        case nil: refusal(owner, of: labels[Label.composeProject])
        }
    }

    /// What the labels of others say about whose it is.
    private var owner: String {
        labels[Label.composeProject].map { "belongs to the Compose project \($0)" }
            ?? "was not created by Berth"
    }

    private func refusal(_ owner: String, of project: String? = nil) -> ForeignObject {
        var refusal = ForeignObject(
            kind: kind,
            key: key,
            name: name,
            owner: owner,
            isExternal: isExternal
        )
        refusal.project = project
        return refusal
    }
}

/// A volume or network of the wanted name belongs to others.
struct ForeignObject: Error, Equatable, CustomStringConvertible {
    let kind: String
    let key: String
    let name: String
    let owner: String
    let isExternal: Bool
    /// The Compose project that it belongs to.
    var project: String?

    var description: String {
        "the \(kind) \(name) \(owner); "
            + (isExternal
                ? "grant it in the environment's policy, or name another"
                : "choose another name: for \(kind)s.\(key), or declare it `external` and grant it "
                    + "in the environment's policy to use it as it is")
    }
}

extension FieldDifference {
    /// The field with both values.
    var words: String { "\(field) is \(actual) instead of \(desired)" }
}

/// A volume or network of Berth's that was created from another definition.
struct ChangedObject: Error, Equatable, CustomStringConvertible {
    let kind: String
    let name: String
    let differences: [FieldDifference]
    /// Why a network of the definition cannot come beside it, and what to change so that it can.
    var obstacle: NetworkSuccession.Obstacle?

    var description: String {
        let fields = differences.map(\.words).joined(separator: ", ")
        let what = "the \(kind) \(name) was created from another definition: \(fields); "
        guard kind == "network" else {
            return what + "restore the definition, choose another name:, or save what is in it and "
                + "remove it (docker volume rm \(name))"
        }
        let why = obstacle.map { "another one cannot come beside it, \($0); or " } ?? ""
        // What others use stays, whatever becomes of the services.
        if case .container = obstacle { return what + why + "restore the definition" }
        return what + why
            + "restore the definition, or take the services that join it out of the environment "
            + "and put them back when their containers are gone"
    }
}
