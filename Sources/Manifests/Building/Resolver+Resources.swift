internal import Model
internal import YAML

/// The top-level sections: those of all manifests in use, and what the environment says of them.
extension Resolver {
    private static let sections: [(name: String, shape: MapShape)] = [
        ("networks", ManifestKeys.networks), ("volumes", ManifestKeys.volumes),
        ("configs", ManifestKeys.configs), ("secrets", ManifestKeys.secrets),
    ]

    mutating func resolveResources(of manifests: [ManifestFile]) {
        let variables = variables(version: nil, registry: nil, pullPolicy: nil)
        var items: [String: OrderedMap<Item>] = [:]
        for manifest in manifests {
            guard let root = manifest.root else { continue }
            problems.report(manifest.keyProblems)
            let plain = ItemReader.plain(root, file: manifest.path, kind: .manifest)
            _ = ManifestKeys.settings.read(plain, at: "", into: &problems)
            for (section, shape) in Self.sections {
                guard let node = root[section] else { continue }
                let item = item(node, of: manifest.path, .manifest, variables)
                add(item, of: section, shape, to: &items)
            }
        }
        for (section, shape) in Self.sections {
            var base = Item(.map(items[section] ?? OrderedMap()), origin: .unsaid)
            if let entry = file.root?.entry(section) {
                let place = SourceLocation(entry.key.mark, in: file.path)
                let overlay = item(entry.value, of: file.path, .environment, variables, key: place)
                base = shape.merged(base, with: overlay)
            }
            guard base.map?.isEmpty == false || file.root?[section] != nil else { continue }
            resources.sections[section] =
                shape.read(base, at: section, into: &problems)?.map ?? OrderedMap()
        }
    }

    /// Adds one manifest's section; what another manifest says differently is a mistake.
    private mutating func add(
        _ item: Item,
        of section: String,
        _ shape: MapShape,
        to items: inout [String: OrderedMap<Item>]
    ) {
        guard let entries = shape.normalised(item).map else {
            if !item.isNull {
                problems.report(item.expected("a map"), at: item.location, field: section)
            }
            return
        }
        for (key, entry) in entries {
            if let other = items[section]?[key] {
                check(entry, against: other, "\(section).\(key)", section, shape)
            } else {
                items[section, default: OrderedMap()][key] = entry
            }
        }
    }

    /// Two manifests may share a network; anything else only where both say what they share.
    private mutating func check(
        _ entry: Item,
        against other: Item,
        _ field: String,
        _ section: String,
        _ shape: MapShape
    ) {
        var scratch = Problems()
        let first = shape.value.read(other, at: field, into: &scratch)
        let second = shape.value.read(entry, at: field, into: &scratch)
        let sharesVolume =
            section != "volumes" || first?["name"] != nil || first?["external"] != nil
        guard first != second || !sharesVolume else { return }
        let places = [other, entry].compactMap { $0.entryLocation?.description }
        let error = TextError(
            "two manifests define it: \(places.joined(separator: " and "))",
            remedy: section == "volumes"
                ? "rename one, or give both the same name: to share the volume"
                : "rename one, or give both the same content"
        )
        problems.report(error, at: entry.entryLocation, field: field)
    }
}
