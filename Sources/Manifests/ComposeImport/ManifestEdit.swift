internal import Model
internal import YAML

/// Turns a Compose file's text into a manifest; collects what moves to environments and the host.
struct ManifestEdit {
    struct Service {
        var name: String
        /// The service in the Compose file.
        var node: Node
        var version: String?
        /// Whole entries, indented for a service of an environment.
        var entries: [String] = []
    }

    let source: ComposeImport.Source
    let root: Node
    let active: Set<String>
    /// How many services have the key at an offset; anchors and merge keys add more than one.
    private let keyCounts: [Int: Int]
    private(set) var plan = ImagePlan([])
    var changes: TextChanges
    var registry: String?
    /// What the environment says of services without a policy of their own; nil for nothing.
    var pullPolicy: String?
    var services: [Service] = []
    var problems: [Diagnostic] = []
    var missing = MissingOptions()
    var notes: [String] = []
    /// Files of variables with secrets: paths on the host, and what they say.
    var hostFiles: [(path: String, text: String)] = []
    /// Files that are copied into the repository.
    var copies: [(path: String, bytes: [UInt8])] = []
    /// What `${NAME}` stands for; what is missing has a stand-in, so that the rest can be read.
    var variables: [String: String]
    /// The variables of which `environment` names no value.
    var bareNames: Set<String> = []
    /// The volumes in use, by their keys.
    var volumes: [String] = []
    /// The entries and items that are taken out of the text, by the bytes they start at.
    var removals: Set<Int> = []
    var secrets: [(name: String, value: String)] = []
    /// The paths of the host that relative ones became.
    var hostPaths: Set<String> = []
    /// Where what was moved or rewritten stood, by field.
    var places: [String: SourceLocation] = [:]

    /// What an environment says better than a manifest.
    private static let moving: Set<String> = ["ports", "pull_policy"]

    init(source: ComposeImport.Source, root: Node) {
        self.source = source
        self.root = root
        variables = source.variables
        changes = TextChanges(source.bytes, path: source.path)
        active = ComposeProfiles.active(in: root, source.variables)
        var counts: [Int: Int] = [:]
        for part in (root["services"]?.entries ?? []).flatMap(\.value.entries) {
            counts[part.key.mark.offset, default: 0] += part.isMerged ? 2 : 1
        }
        keyCounts = counts
    }

    /// The services of the file, left out or not.
    var serviceEntries: [Mapping.Entry] { root["services"]?.entries ?? [] }

    /// Whether no other service shares the entry.
    func isSole(_ entry: Mapping.Entry) -> Bool { keyCounts[entry.key.mark.offset] == 1 }

    mutating func run() {
        survey()
        plan = ImagePlan(images())
        registry = plan.registry
        pullPolicy = environmentPullPolicy()
        if let entry = root.entry("version"), let lines = changes.ownLines(of: entry) {
            changes.replace(lines, with: "")
        }
        for entry in serviceEntries {
            guard active.contains(entry.name) else {
                leaveOut(entry)
                continue
            }
            var service = Service(name: entry.name, node: entry.value)
            places["services.\(entry.name)"] = changes.location(entry.key.mark)
            nameImage(of: &service)
            for part in entry.value.entries
            where Self.moving.contains(part.name) && isSole(part) {
                move(part, of: &service)
            }
            keepPullPolicy(of: &service)
            keepSecrets(of: &service)
            mount(entry.value["volumes"], of: service.name)
            unlink(&service)
            services.append(service)
        }
        nameFiles()
        remove()
        settle()
        report()
    }

    /// Where the source says a field that an environment says now, or what the field belongs to.
    func place(of field: String) -> SourceLocation {
        let near = places.filter { field == $0.key || field.hasPrefix("\($0.key).") }
        return near.max { $0.key.count < $1.key.count }?.value ?? changes.location(0)
    }

    func filled(_ text: String) -> FilledText { FilledText(text, variables) }

    mutating func report(_ error: TextError, at mark: Mark, field: String) {
        guard problems.count < Problems.most else { return }
        let place = changes.location(mark)
        problems.append(Diagnostic(at: place, field: field, error.message, remedy: error.remedy))
    }

    // MARK: Services that are left out

    /// A service that has profiles is no part of what runs by default.
    private mutating func leaveOut(_ entry: Mapping.Entry) {
        // Others may use what is anchored there.
        guard !entry.value.isAlias, let lines = changes.ownLines(of: entry),
            !source.bytes[lines].contains(UInt8(ascii: "&"))
        else { return hideSecrets(of: entry.value) }
        changes.replace(lines, with: "")
    }

    // MARK: Entries that move

    private mutating func move(_ entry: Mapping.Entry, of service: inout Service) {
        guard !entry.value.isNull, !entry.value.isAlias,
            let lines = changes.ownLines(of: entry)
        else { return }
        let text = String(decoding: source.bytes[lines], as: UTF8.self)
        // Anchors and aliases mean nothing in another file, and the names that Berth fills mean
        // what the environment's file says itself.
        guard !text.contains(where: { "&*".contains($0) }) else { return }
        let names = VariableNames.used(in: text)
        guard Self.reserved.isDisjoint(with: names) else { return }
        let shift = 4 - (entry.key.mark.column - 1)
        // A carriage return and a line feed are one character to Swift, and two bytes.
        let shifted = text.utf8.split(separator: .lineFeed).map { slice in
            let line = Substring(slice.last == 0x0D ? slice.dropLast() : slice)
            guard shift < 0 else { return String(repeating: " ", count: shift) + line }
            let blanks = line.prefix { $0 == " " }.count
            return String(line.dropFirst(min(blanks, -shift)))
        }
        places["services.\(service.name).\(entry.name)"] = changes.location(entry.key.mark)
        service.entries.append(shifted.joined(separator: "\n") + "\n")
        changes.replace(lines, with: "")
    }

    /// Takes an entry out of a service; where others share it, the environment does.
    mutating func drop(_ entry: Mapping.Entry, of service: inout Service) {
        if isSole(entry) {
            if let lines = changes.ownLines(of: entry) {
                return changes.replace(lines, with: "")
            }
            if !service.node.isAlias, changes.remove([entry], from: service.node) { return }
        }
        service.entries.append("    \(entry.name): null\n")
    }
}
