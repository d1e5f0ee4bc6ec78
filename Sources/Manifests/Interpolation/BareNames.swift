/// Names in `environment` without a value: the value comes from outside, as in Compose, where
/// outside is the environment file and files of variables, and never the process.
extension ComposeValue {
    /// A service whose bare names have the values of variables; those that no variable has stay
    /// bare, for an `env_file` may have them.
    func withBareNames(from variables: Variables) -> ComposeValue {
        guard var service = map, let environment = service["environment"],
            var entries = environment.map
        else { return self }
        for (name, entry) in entries where entry.content == .null {
            guard let variable = variables[name] else { continue }
            var origin = entry.origin
            origin.variables.append(Origin.Variable(name: name, location: variable.location))
            entries[name] = ComposeValue(.string(variable.value), origin: origin)
        }
        service["environment"] = ComposeValue(.map(entries), origin: environment.origin)
        return ComposeValue(.map(service), origin: origin)
    }

    /// The same for all services of a file.
    func withBareNamesOfServices(from variables: Variables) -> ComposeValue {
        guard var root = map, let services = root["services"], var entries = services.map else {
            return self
        }
        for (name, service) in entries { entries[name] = service.withBareNames(from: variables) }
        root["services"] = ComposeValue(.map(entries), origin: services.origin)
        return ComposeValue(.map(root), origin: origin)
    }
}
