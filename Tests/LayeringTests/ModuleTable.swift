/// What `Package.swift` says about the modules under `Sources`.
struct ModuleTable {
    /// The layer of each module: 0 pure tools, 1 domain, 2 outside, 3 the loop, 4 commands.
    private(set) var layers: [String: Int] = [:]
    /// What each module says it uses.
    private(set) var uses: [String: Set<String>] = [:]

    /// Reads a manifest whose layers begin with comments, as in `// 2: one outside thing each`.
    init(manifest: String) {
        guard let table = manifest.firstRange(of: "targets: ["),
            let end = manifest.firstRange(of: "name: \"Load\"")
        else { return }
        var layer = 0
        let marks = /\/\/ (?<layer>\d):|(?:module|systemLibrary|executableTarget)\((?<body>[^)]*)\)/
        for match in manifest[table.upperBound..<end.lowerBound].matches(of: marks) {
            if let number = match.layer { layer = Int(number) ?? layer }
            guard let body = match.body else { continue }
            let (name, dependencies) = Self.read(String(body))
            layers[name] = layer
            uses[name] = dependencies
        }
    }

    private static func read(_ body: String) -> (name: String, uses: Set<String>) {
        let name = body.firstMatch(of: /"(\w+)"/).map { String($0.1) } ?? ""
        guard let list = body.firstMatch(of: /(?:uses|dependencies):\s*\[([^\]]*)\]/) else {
            return (name, [])
        }
        return (name, Set(list.1.matches(of: /"(\w+)"/).map { String($0.1) }))
    }
}
