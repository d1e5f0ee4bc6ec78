internal import Model
internal import YAML

/// The changes that make a manifest of a Compose file's text, and what moves to environments.
struct ManifestEdit {
    /// What an environment says about one service.
    struct Service {
        var name: String
        var version: String?
        /// Whole entries, indented for a service of an environment.
        var moved: [String] = []
    }

    let source: Takeover.Source
    let root: Node
    let model: ComposeModel
    /// Bytes of the source and what takes their place, by where they start.
    private var changes: [Int: (range: Range<Int>, text: String)] = [:]
    private(set) var registry: String?
    private(set) var services: [Service] = []
    private(set) var problems: [Diagnostic] = []
    /// Where what was moved or rewritten stood, by field.
    private var places: [String: SourceLocation] = [:]

    /// What an environment says better than a manifest.
    private static let moving: Set<String> = ["ports", "pull_policy"]

    init(source: Takeover.Source, root: Node, model: ComposeModel) {
        self.source = source
        self.root = root
        self.model = model
    }

    /// Works everything out.
    mutating func run() {
        let plan = ImagePlan(images())
        registry = plan.registry
        if let entry = root.mapping?.entry("version"), let lines = ownLines(of: entry) {
            change(lines, to: "")
        }
        let counts = keyCounts()
        for entry in root["services"]?.mapping?.entries ?? [] {
            var service = Service(name: entry.name)
            places["services.\(entry.name)"] = location(entry.key.mark)
            if let image = entry.value["image"] { rewrite(image, of: &service, plan) }
            for part in entry.value.mapping?.entries ?? []
            where Self.moving.contains(part.name) && counts[part.key.mark.offset] == 1 {
                move(part, of: &service)
            }
            rewriteFiles(of: entry.value)
            services.append(service)
        }
        for config in root["configs"]?.mapping?.entries ?? [] {
            if let file = config.value["file"] { rewritePath(file) }
        }
    }

    /// The changes from the source's start to its end; one within another is left out.
    private var inOrder: [(range: Range<Int>, text: String)] {
        var end = 0
        return changes.values.sorted { $0.range.lowerBound < $1.range.lowerBound }.filter {
            guard $0.range.lowerBound >= end else { return false }
            end = $0.range.upperBound
            return true
        }
    }

    /// The manifest.
    var text: String {
        var output: [UInt8] = []
        var position = 0
        for change in inOrder {
            output += source.bytes[position..<change.range.lowerBound]
            output += Array(change.text.utf8)
            position = change.range.upperBound
        }
        output += source.bytes[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// Where the source says a field that an environment says now, or what the field belongs to.
    func place(of field: String) -> SourceLocation {
        let near = places.filter { field == $0.key || field.hasPrefix("\($0.key).") }
        return near.max { $0.key.count < $1.key.count }?.value ?? location(0)
    }

    /// The place of the source that became a place of the manifest.
    func sourcePlace(of place: SourceLocation) -> SourceLocation {
        let target = Self.offset(of: place, in: Array(text.utf8))
        var position = 0
        var written = 0
        for change in inOrder {
            let kept = change.range.lowerBound - position
            guard written + kept + change.text.utf8.count <= target else {
                return location(min(position + target - written, change.range.lowerBound))
            }
            written += kept + change.text.utf8.count
            position = change.range.upperBound
        }
        return location(min(position + target - written, source.bytes.count))
    }

    private static func offset(of place: SourceLocation, in bytes: [UInt8]) -> Int {
        var start = 0
        for _ in 1..<max(1, place.line) {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return bytes.count }
            start = end + 1
        }
        var column = 0
        let rest = bytes[start...].firstIndex { byte in
            // Only the first byte of a scalar counts (RFC 3629 §3).
            if byte & 0xC0 != 0x80 { column += 1 }
            return column == place.column
        }
        return rest ?? bytes.count
    }

    private func location(_ offset: Int) -> SourceLocation {
        let before = source.bytes[..<offset]
        let start = (before.lastIndex(of: 0x0A) ?? -1) + 1
        return SourceLocation(
            file: source.path,
            line: before.count { $0 == 0x0A } + 1,
            column: source.bytes[start..<offset].count { $0 & 0xC0 != 0x80 } + 1
        )
    }

    // MARK: Images

    private func images() -> [ImageName] {
        (model.root["services"]?.map ?? OrderedMap()).compactMap { _, service in
            service["image"]?.string.flatMap { try? ImageName($0) }
        }
    }

    private mutating func rewrite(_ node: Node, of service: inout Service, _ plan: ImagePlan) {
        let text = model.root["services"]?[service.name]?["image"]?.string
        guard let text, let image = try? ImageName(text), let scalar = node.scalar else { return }
        let place = location(node.mark)
        places["services.\(service.name).image"] = place
        guard scalar.style != .literal, scalar.style != .folded else {
            let problem = Diagnostic(
                at: place,
                field: "services.\(service.name).image",
                "the image is written over several lines",
                remedy: "write it on one line"
            )
            return problems.append(problem)
        }
        // A version begins with a tag, so an image that has a digest alone keeps it.
        let keepsDigest = image.tag == nil && image.digest != nil
        if !keepsDigest {
            service.version = (image.tag ?? "latest") + (image.digest.map { "@\($0)" } ?? "")
        }
        var name = plan.name(of: image)
        if keepsDigest, let digest = image.digest { name += "@\(digest)" }
        let isText = PlainScalar(name).kind == .text
        change(node.range, to: isText ? name : "\"\(name)\"")
    }

    // MARK: Entries that move

    /// How many services say the key at a place; anchors and merge keys make it more than one.
    private func keyCounts() -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for service in root["services"]?.mapping?.entries ?? [] {
            for part in service.value.mapping?.entries ?? [] {
                counts[part.key.mark.offset, default: 0] += part.isMerged ? 2 : 1
            }
        }
        return counts
    }

    private mutating func move(_ entry: Mapping.Entry, of service: inout Service) {
        guard !entry.value.isNull, !entry.value.isAlias, let lines = ownLines(of: entry) else {
            return
        }
        let text = String(decoding: source.bytes[lines], as: UTF8.self)
        // Anchors and aliases mean nothing in another file.
        guard !text.contains(where: { "&*".contains($0) }) else { return }
        let shift = 4 - (entry.key.mark.column - 1)
        // A carriage return and a line feed are one character to Swift, and two bytes to everybody.
        let shifted = text.utf8.split(separator: .lineFeed).map { slice in
            let line = Substring(slice.last == 0x0D ? slice.dropLast() : slice)
            guard shift < 0 else { return String(repeating: " ", count: shift) + line }
            let blanks = line.prefix { $0 == " " }.count
            return String(line.dropFirst(min(blanks, -shift)))
        }
        places["services.\(service.name).\(entry.name)"] = location(entry.key.mark)
        service.moved.append(shifted.joined(separator: "\n") + "\n")
        change(lines, to: "")
    }

    /// The whole lines of an entry that shares none of them with anything else.
    private func ownLines(of entry: Mapping.Entry) -> Range<Int>? {
        let bytes = source.bytes
        let key = entry.key.mark.offset
        guard !entry.isMerged, entry.value.range.lowerBound >= key else { return nil }
        let start = (bytes[..<key].lastIndex(of: 0x0A) ?? -1) + 1
        guard bytes[start..<key].allSatisfy({ $0 == 0x20 }) else { return nil }
        let from = max(entry.value.range.upperBound, entry.key.range.upperBound)
        let end = bytes[from...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        let rest = bytes[from..<end].drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = rest.first else { return start..<end }
        return [0x0A, 0x0D, 0x23].contains(first) ? start..<end : nil
    }

    // MARK: Files

    /// Relative paths start at `manifests/` from now on.
    private mutating func rewriteFiles(of service: Node) {
        for node in service["env_file"].map({ $0.sequence ?? [$0] }) ?? [] {
            rewritePath(node["path"] ?? node)
        }
        for node in service["volumes"]?.sequence ?? [] {
            let path = node["source"] ?? node
            guard path.scalar?.text.hasPrefix(".") == true else { continue }
            rewritePath(path)
        }
    }

    private mutating func rewritePath(_ node: Node) {
        guard let scalar = node.scalar, let first = scalar.text.first, !"/~$".contains(first),
            scalar.style != .literal, scalar.style != .folded
        else { return }
        guard let folder = source.folder else {
            let problem = Diagnostic(
                at: location(node.mark),
                "\(scalar.text.quoted) lies outside of the new repository",
                remedy: "copy the Compose file and its files into it first"
            )
            return problems.append(problem)
        }
        let start = node.range.lowerBound + (scalar.isPlain ? 0 : 1)
        let dots = Array("./".utf8)
        let skipped = source.bytes[start...].starts(with: dots) ? dots.count : 0
        change(start..<start + skipped, to: "../" + (folder.isEmpty ? "" : "\(folder)/"))
    }

    private mutating func change(_ range: Range<Int>, to text: String) {
        changes[range.lowerBound] = (range, text)
    }

    private func location(_ mark: Mark) -> SourceLocation {
        SourceLocation(file: source.path, line: mark.line, column: mark.column)
    }
}
