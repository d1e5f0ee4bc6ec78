internal import Digests
internal import Model
internal import YAML

/// Brings one environment file and the manifests together.
struct Resolver {
    let fleet: Fleet
    let file: EnvironmentFile
    let revision: Revision
    var problems: Problems
    /// How many bytes may still go into variables' filling, or come out of it.
    var budget = ItemReader.expansionLimit
    /// How many bytes of variables may still come out of the commit's files.
    var fileBudget = DotEnvText.most
    private let settings: [String: Variables.Variable]
    var services: [ResolvedService] = []
    var resources = Resources()
    /// The bytes of the commit's files that containers see.
    var contents: [Digest: [UInt8]] = [:]
    var digests: [MountedContent: Digest] = [:]

    struct Resources: Sendable {
        var sections: [String: OrderedMap<ComposeValue>] = [:]

        subscript(_ section: String, _ key: String) -> ComposeValue? {
            sections[section]?[key]
        }

        /// The entries of a section of which all could be read.
        func readable(_ section: String) -> OrderedMap<ComposeValue> {
            var entries = OrderedMap<ComposeValue>()
            for (key, value) in sections[section] ?? OrderedMap() where value.isReadable {
                entries[key] = value
            }
            return entries
        }
    }

    init(fleet: Fleet, file: EnvironmentFile, revision: Revision) {
        self.fleet = fleet
        self.file = file
        self.revision = revision
        problems = file.problems
        settings = Self.settings(of: file, at: revision)
    }

    mutating func desiredState() throws(InvalidEnvironment) -> DesiredState {
        resolve()
        let built = build()
        guard let built, !problems.hasErrors else {
            throw InvalidEnvironment(environment: file.name, diagnostics: problems.sorted)
        }
        return built
    }

    mutating func resolve() {
        guard file.root != nil else { return }
        let listed = file.services
        guard listed.count <= Fleet.mostServices else {
            let error = TextError("more than \(Fleet.mostServices) services are listed")
            return problems.report(error, at: file.start, field: "services")
        }
        if let node = file.root?["services"], node.mapping == nil {
            let section = ItemReader.plain(node, file: file.path, kind: .environment)
            let error = section.expected("a map of services")
            problems.report(error, at: section.location, field: "services")
        }
        for (name, node, location) in listed {
            if let service = resolve(name, node, at: location) { services.append(service) }
        }
        services.sort { $0.name < $1.name }
        resolveResources(of: usedManifests(listed.map(\.name)))
    }

    var model: ComposeModel {
        var root = OrderedMap<ComposeValue>()
        root["name"] = file.adoptedProject ?? ComposeValue(.string(file.name))
        var list = OrderedMap<ComposeValue>()
        for service in services {
            list[service.name] = service.canonical(registry: file.settings["registry"])
        }
        root["services"] = ComposeValue(.map(list))
        for section in ["networks", "volumes", "configs", "secrets"] {
            guard let entries = resources.sections[section], !entries.isEmpty else { continue }
            root[section] = ComposeValue(.map(entries))
        }
        return ComposeModel(root: ComposeValue(.map(root)))
    }

    private func usedManifests(_ names: [String]) -> [ManifestFile] {
        let used = Set(names.flatMap { fleet.index.definitions[$0] ?? [] }.map(\.manifest.path))
        return fleet.manifests.filter { used.contains($0.path) }
    }

    /// Reads a node with its variables filled in, within what the environment may still grow by.
    mutating func item(
        _ node: Node,
        of path: String,
        _ kind: Origin.Kind,
        _ variables: Variables,
        key: SourceLocation? = nil
    ) -> Item {
        var reader = ItemReader(file: path, kind: kind, variables: variables, budget: budget)
        let item = reader.read(node, key: key)
        budget = reader.budget
        return item
    }

    /// The settings, one table for all services, and the values that Berth supplies.
    func variables(
        version: Variables.Variable?,
        registry: Variables.Variable?,
        pullPolicy: Variables.Variable?
    ) -> Variables {
        var own: [String: Variables.Variable] = [:]
        own["VERSION"] = version
        own["DOCKER_REGISTRY"] = registry ?? Variables.Variable(file.settings["registry"])
        own["IMAGE_PULL_POLICY"] = pullPolicy ?? Variables.Variable(file.settings["pull_policy"])
        return Variables(values: settings, own: own, environmentFile: file.path)
    }

    private static func settings(
        of file: EnvironmentFile,
        at revision: Revision
    ) -> [String: Variables.Variable] {
        var values: [String: Variables.Variable] = [:]
        for (name, value) in file.settings["variables"]?.map ?? OrderedMap() {
            guard let text = value.string else { continue }
            values[name] = Variables.Variable(value: text, location: value.origin.location)
        }
        values["ENVIRONMENT"] = Variables.Variable(value: file.name)
        values[Variables.project] =
            Variables.Variable(file.adoptedProject) ?? Variables.Variable(value: file.name)
        values["GIT_SHA"] = Variables.Variable(value: revision.id)
        return values
    }

    private mutating func resolve(
        _ name: String,
        _ node: Node,
        at location: SourceLocation
    ) -> ResolvedService? {
        let field = "services.\(name)"
        do {
            try MapShape.serviceName(name)
        } catch {
            problems.report(error, at: location, field: field)
            return nil
        }
        let own = ItemReader.plain(node, file: file.path, kind: .environment)
        let variables = variables(
            version: own.variable("version"),
            registry: own.variable("registry"),
            pullPolicy: own.variable("pull_policy")
        )
        var overlay = item(node, of: file.path, .environment, variables, key: location)
        overlay.useVerbatim(["version", "registry"], of: own)
        guard let definition = definition(of: name, overlay, at: location) else { return nil }
        let merged = merged(definition, overlay, variables)
        guard let merged,
            let value = EnvironmentKeys.service.read(merged, at: field, into: &problems)
        else { return nil }
        return ResolvedService(
            name: name,
            location: location,
            value: value.withBareNames(from: variables)
        )
    }

    private enum Base {
        case manifest(ServiceIndex.Definition)
        case overlayAlone
    }

    private mutating func merged(_ base: Base, _ overlay: Item, _ variables: Variables) -> Item? {
        guard overlay.map != nil || overlay.isNull else {
            problems.report(overlay.expected("a map"), at: overlay.location, field: "services")
            return nil
        }
        guard case .manifest(let definition) = base else {
            let nothing = Item(.map(OrderedMap()), origin: .unsaid)
            return EnvironmentKeys.service.merged(nothing, with: overlay)
        }
        let path = definition.manifest.path
        let item = item(definition.node, of: path, .manifest, variables, key: definition.location)
        for key in EnvironmentKeys.versionKeys {
            guard let entry = item.map?[key.name] else { continue }
            let error = TextError("\(key.name) belongs to an environment")
                .with(remedy: "write it under the service in \(file.path)")
            problems.report(error, at: entry.entryLocation, field: key.name)
        }
        guard item.map != nil else {
            problems.report(item.expected("a map"), at: item.location, field: "services")
            return nil
        }
        guard overlay.map != nil else { return EnvironmentKeys.service.normalised(item) }
        let lower = EnvironmentKeys.service.normalised(item)
        return EnvironmentKeys.service.merged(lower, with: overlay)
    }

    /// The manifest's definition; reports where there is none, or more than one.
    private mutating func definition(
        of name: String,
        _ overlay: Item,
        at location: SourceLocation
    ) -> Base? {
        let definitions = fleet.index.definitions[name] ?? []
        if definitions.count > 1 {
            let places = definitions.map(\.location.description).joined(separator: " and ")
            let error = TextError("two manifests define \(name): \(places)")
                .with(remedy: "remove or rename one")
            problems.report(error, at: definitions[1].location, field: "services.\(name)")
            return nil
        }
        if let definition = definitions.first { return .manifest(definition) }
        guard fleet.index.unreadable.isEmpty else {
            problems.report(fleet.index.unreadable)
            let error = TextError("no readable manifest defines \(name)")
                .with(remedy: "fix the manifest that cannot be read")
            problems.report(error, at: location, field: "services.\(name)")
            return nil
        }
        if overlay.map?["image"] != nil { return .overlayAlone }
        let known = problems.suggests ? fleet.index.definitions.keys.sorted() : []
        let near = NearestName.of(name, among: known)
        let remedy = near.map { "did you mean \($0)?" } ?? "add it to manifests/, or give an image"
        let error = TextError("no manifest defines \(name)", remedy: remedy)
        problems.report(error, at: location, field: "services.\(name)")
        return nil
    }
}

extension Item {
    func variable(_ key: String) -> Variables.Variable? {
        guard let entry = map?[key], !entry.isNull, let text = entry.scalar?.text else {
            return nil
        }
        return Variables.Variable(value: text, location: entry.location)
    }

    /// Takes some entries as they stand, with no variables filled in.
    mutating func useVerbatim(_ keys: [String], of other: Item) {
        guard var entries = map else { return }
        for key in keys where entries[key] != nil { entries[key] = other.map?[key] }
        content = .map(entries)
    }
}
