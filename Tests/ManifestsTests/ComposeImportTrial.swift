import Model
import YAML

@testable import Manifests

/// A Compose file taken over as its user would: with what is at hand, then once more with the
/// options that were printed.
struct ComposeImportTrial {
    let name: String
    let bytes: [UInt8]
    /// What `.env` beside the file says.
    var variables: [String: String]
    private(set) var images: [String: String] = [:]
    private(set) var data: String?
    var harmless: Set<String> = []
    /// Whether an option gave a value that Compose had not.
    private(set) var isChanged = false

    init(_ name: String, _ bytes: [UInt8], _ variables: [String: String]) {
        self.name = name
        self.bytes = bytes
        self.variables = variables
    }

    /// Files beside it: what has a name with an ending, and files of variables.
    static func file(_ path: String) -> [UInt8]? {
        let last = path.split(separator: "/").last ?? ""
        if last.hasSuffix(".env") { return Array("A=1\n".utf8) }
        return last.dropFirst().contains(".") && !last.hasSuffix(".sock") ? Array("x\n".utf8) : nil
    }

    func attempt() throws(InvalidComposeFile) -> ComposeImport {
        var source = ComposeImport.Source(
            bytes: bytes,
            path: name,
            folder: "",
            variables: variables,
            other: { Self.file($0) }
        )
        source.beside = { Self.file($0) }
        source.place = "/srv/stack"
        source.images = images
        source.data = data
        source.harmless = harmless
        source.secrets = "/etc/berth/stack"
        return try ComposeImport(of: source)
    }

    /// Adds the options that were printed; false where one is unknown.
    mutating func follow(_ options: [String]) -> Bool {
        for index in stride(from: 0, to: options.count, by: 2) {
            let value = options[index + 1]
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            switch options[index] {
            case "--set":
                variables[parts[0]] = parts[1]
                // Where it is set, though to nothing, `${NAME-default}` has no default any more.
                let text = String(decoding: bytes, as: UTF8.self)
                let hasDefault = ["-", "+"].contains { text.contains("${\(parts[0])\($0)") }
                isChanged = isChanged || !parts[1].isEmpty || hasDefault
            case "--image": images[parts[0]] = parts[1]
            case "--data": data = value
            default: return false
            }
        }
        return true
    }

    /// The new repository.
    static func fleet(_ imported: ComposeImport) -> Fleet {
        let texts = imported.files.map { ($0.path, Array($0.text.utf8)) }
        let files = texts + imported.copies.map { ($0.path, $0.bytes) }
        return Fleet(FleetFiles(Dictionary(files) { $1 }) { Self.file($0) })
    }

    /// The file as Berth reads it by itself; of what is refused, links alone.
    func before() throws -> JSON? {
        let root = try ManifestFile.parse(bytes, path: name)
        var known = Variables(unsetIsEmpty: true)
        known.values = variables.mapValues { Variables.Variable(value: $0) }
        var reader = ItemReader(file: name, kind: .manifest, variables: known)
        var problems = Problems()
        let item = reader.read(root)
        let model = ManifestKeys.shape.read(item, at: "", into: &problems).map { JSON($0) }
        guard var file = model?.map, var services = file["services"]?.map else { return model }
        for (name, service) in services {
            let links = root["services"]?[name]?["links"]?.sequence?.compactMap(\.scalar?.text)
            guard let links, var fields = service.map else { continue }
            fields["links"] = .list(links.map { .text($0) })
            services[name] = .map(fields)
        }
        file["services"] = .map(services)
        return .map(file)
    }

    /// The variables that have neither a value nor a default.
    func missing() -> Set<String> {
        guard let root = try? ManifestFile.parse(bytes, path: name) else { return [] }
        var names: Set<String> = []
        Self.collect(root, variables, into: &names)
        for entry in root["services"]?.mapping?.entries ?? [] {
            let environment = entry.value["environment"]
            for item in environment?.sequence ?? [] {
                guard let text = item.scalar?.text, !text.contains("=") else { continue }
                names.insert(text)
            }
            for entry in environment?.mapping?.entries ?? [] where entry.value.isNull {
                names.insert(entry.name)
            }
        }
        return names
    }

    private static func collect(
        _ node: Node,
        _ variables: [String: String],
        into names: inout Set<String>
    ) {
        if let scalar = node.scalar {
            names.formUnion(FilledText(scalar.text, variables) { _ in "1" }.missing)
        }
        for item in node.sequence ?? [] { collect(item, variables, into: &names) }
        for entry in node.mapping?.entries ?? [] { collect(entry.value, variables, into: &names) }
    }
}
