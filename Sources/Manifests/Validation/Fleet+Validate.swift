package import Model

extension Fleet {
    /// Everything that is wrong with any environment, and between them, at once; ordered by place.
    ///
    /// Checks what `desiredState` checks, and beyond it: manifests that no environment lists,
    /// promotions from unknown environments, projects that two environments adopt, and host ports
    /// that two publish.
    package func validate() -> [Diagnostic] {
        var problems = Problems()
        problems.report(index.unreadable)
        let refused = checkProjects(into: &problems)
        var states: [(environment: EnvironmentFile, state: DesiredState)] = []
        var names: [(environment: String, names: [ObjectName])] = []
        var uses: [StorageUse] = []
        for environment in environments {
            var resolver = Resolver(fleet: self, file: environment, revision: .placeholder)
            do {
                let state = try resolver.desiredState()
                states.append((environment, state))
                let own = ObjectName.all(of: state.services, in: environment, resolver.resources)
                    // What follows from a refused project is not said once more.
                    .filter { $0.kind == .container || !refused.contains(environment.name) }
                names.append((environment.name, own))
                uses += StorageUse.all(of: state, resolver.services)
                problems.report(resolver.problems.diagnostics)
            } catch {
                problems.report(error.diagnostics)
            }
        }
        checkPromotions(into: &problems)
        checkUnlisted(into: &problems)
        checkDuplicates(into: &problems)
        Self.checkPorts(between: states, into: &problems)
        Self.checkNames(between: names, into: &problems)
        var writers = WriterChecks(uses, problems)
        writers.runBetweenEnvironments()
        return writers.problems.sorted
    }

    private func checkPromotions(into problems: inout Problems) {
        var edges: [String: [String]] = [:]
        for environment in environments {
            guard let value = environment.promotesFrom, let source = value.string else { continue }
            edges[environment.name] = [source]
            guard !environmentNames.contains(source) else { continue }
            let known = problems.suggests ? environmentNames : []
            let near = NearestName.of(source, among: known)
            let error = TextError(
                "there is no environment \(source.quoted)",
                remedy: near.map { "did you mean \($0)?" } ?? "add environments/\(source).yaml"
            )
            problems.report(error, at: value.origin.location, field: "promotes_from")
        }
        guard let cycle = Cycle.find(in: edges),
            let value = environments.first(where: { $0.name == cycle.first })?.promotesFrom
        else { return }
        let path = cycle.joined(separator: " → ")
        let error = TextError("promotions form a cycle: \(path)")
            .with(remedy: "remove one of these promotes_from")
        problems.report(error, at: value.origin.location, field: "promotes_from")
    }

    /// Environments whose volumes and networks would have one another's names, and whose containers
    /// would be each other's.
    ///
    /// - Returns: the names of those with an error.
    private func checkProjects(into problems: inout Problems) -> Set<String> {
        var owners: [String: EnvironmentFile] = [:]
        var refused: Set<String> = []
        // The one that adopts can adopt another project, so it has the error.
        let all = environments.filter { $0.adoptedProject == nil }
        for environment in all + environments.filter({ $0.adoptedProject != nil }) {
            let project = environment.project
            guard let other = owners.updateValue(environment, forKey: project),
                other.name != environment.name, let value = environment.adoptedProject
            else { continue }
            owners[project] = other
            refused.insert(environment.name)
            let error: TextError
            if let place = other.adoptedProject?.origin.location {
                error = TextError("\(other.name) adopts the project \(project), too (\(place))")
                    .with(remedy: "remove adopts from one of the two")
            } else {
                error = TextError(
                    "names of volumes and networks begin with \(project)_ in the environment "
                        + "\(project), too (\(other.path))",
                    remedy: "rename that environment's file"
                )
            }
            problems.report(error, at: value.origin.location, field: "adopts.project")
        }
        return refused
    }

    private func checkUnlisted(into problems: inout Problems) {
        let listed = Set(environments.flatMap(\.services).map(\.name))
        for (name, definitions) in index.definitions where !listed.contains(name) {
            let warning = TextError("no environment lists it", remedy: "list it, or remove it")
            let place = definitions.first?.location
            problems.warn(warning, at: place, field: "services.\(name)")
        }
    }

    /// Two files that differ in their ending are one environment.
    private func checkDuplicates(into problems: inout Problems) {
        var paths: [String: String] = [:]
        for environment in environments {
            guard let other = paths.updateValue(environment.path, forKey: environment.name) else {
                continue
            }
            let error = TextError("\(other) is the same environment", remedy: "remove one of them")
            problems.report(error, at: environment.start, field: "")
        }
    }

    /// A warning only: environments may live on different hosts.
    private static func checkPorts(
        between states: [(environment: EnvironmentFile, state: DesiredState)],
        into problems: inout Problems
    ) {
        var book = TakenPorts()
        for (environment, state) in states {
            for service in state.services {
                for port in service.ports {
                    let owner = "\(environment.name)/\(service.name)"
                    guard let other = book.add(port, owner: owner),
                        !other.hasPrefix("\(environment.name)/")
                    else { continue }
                    let warning = TextError(
                        "\(other) publishes the host's port \(port.published ?? 0), too",
                        remedy: "choose another if both run on one host"
                    )
                    let place = service.place(of: "ports")
                    problems.warn(warning, at: place, field: "services.\(service.name).ports")
                }
            }
        }
    }

    /// One name for things of two environments.
    ///
    /// Names that files choose may be meant for two hosts; one derived from an environment's name
    /// is that environment's wherever it runs.
    private static func checkNames(
        between environments: [(environment: String, names: [ObjectName])],
        into problems: inout Problems
    ) {
        var book = TakenNames()
        for (environment, names) in environments {
            for var name in names {
                name.owner += " of \(environment)"
                // Within one environment it is that environment's error.
                guard let other = book.add(name), !other.owner.hasSuffix(" of \(environment)")
                else { continue }
                // What chose the name can choose another.
                let place = name.isChosen || !other.isChosen ? name : other
                let owner = name.isChosen || !other.isChosen ? other : name
                let subject =
                    "the \(name.kind.rawValue) \(name.name) is that of \(owner.owner), too"
                let way = name.kind == .container ? "" : ", or declare it external"
                if name.isChosen, other.isChosen {
                    let warning = TextError(subject)
                        .with(remedy: "choose another if both run on one host\(way)")
                    problems.warn(warning, at: place.location, field: place.field)
                } else {
                    let error = TextError(subject, remedy: "rename one\(way)")
                    problems.report(error, at: place.location, field: place.field)
                }
            }
        }
    }
}

extension Revision {
    /// A revision for checks, of which nothing shows in a result.
    static let placeholder = Revision(
        id: String(repeating: "0", count: 40),
        author: "",
        date: Moment(milliseconds: 0),
        subject: ""
    )
}
