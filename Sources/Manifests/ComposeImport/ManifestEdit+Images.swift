internal import Model
internal import YAML

/// `image` and `build`: names and versions go to the environment, and nothing is built.
extension ManifestEdit {
    /// A registry that does not exist (RFC 2606 §3), for images that the user is still to name.
    static let exampleRegistry = "registry.example.com"

    /// The images that services are to have.
    func images() -> [ImageName] {
        (root["services"]?.mapping?.entries ?? []).compactMap { entry in
            guard active.contains(entry.name) else { return nil }
            return image(of: entry.name, entry.value)
        }
    }

    /// What `--image` says, else what the file says.
    private func image(of name: String, _ service: Node) -> ImageName? {
        let text = source.images[name] ?? service["image"]?.scalar.map { filled($0.text).text }
        return text.flatMap { try? ImageName($0) }
    }

    /// What `--image` says has to be an image, for a service that there is.
    mutating func checkImages() {
        for (name, text) in source.images.sorted(by: { $0.key < $1.key }) {
            let service = root["services"]?.mapping?.entry(name)
            let mark = service?.key.mark ?? root.mark
            if service == nil {
                let known = root["services"]?.mapping?.entries.map(\.name) ?? []
                report(
                    "there is no service \(name.quoted), which --image names",
                    remedy: "the services are \(known.joined(separator: ", "))",
                    at: mark,
                    field: "services"
                )
            } else if (try? ImageName(text)) == nil {
                report(
                    "\(text.quoted), which --image names, is no image",
                    remedy: "write --image \(example(of: name, option: false))",
                    at: mark,
                    field: "services.\(name).image"
                )
            }
        }
    }

    /// Puts an image's name into the manifest, and its version into the environment.
    mutating func name(
        imageOf node: Node,
        of service: inout Service,
        _ plan: ImagePlan,
        _ counts: [Int: Int]
    ) {
        let field = "services.\(service.name)"
        let build = node.mapping?.entry("build")
        if let build, build.value.isNull == false { want(build, of: service, node) }
        guard
            node.mapping?.entry("image") != nil || build != nil
                || source.images[service.name] != nil
        else {
            let place = root["services"]?.mapping?.entry(service.name)?.key.mark ?? root.mark
            report(
                "the image is missing",
                remedy: "add \(example(of: service.name))",
                at: place,
                field: "\(field).image"
            )
            wanted.want("image", example(of: service.name, option: false))
            service.entries.append("    image: \(Self.exampleRegistry)/missing:1.0.0\n")
            return
        }
        let entry = node.mapping?.entry("image")
        if let entry { places["\(field).image"] = changes.location(entry.value.mark) }
        if let image = source.images[service.name] {
            write(image, in: node, of: &service, plan, counts)
        } else if let entry {
            rewrite(entry.value, of: &service, plan)
            if let build { drop(build, of: &service, in: node, counts) }
        } else {
            service.entries.append("    image: \(Self.exampleRegistry)/missing:1.0.0\n")
            if let build { drop(build, of: &service, in: node, counts) }
        }
        dropBuildPolicy(of: node, of: &service, counts)
    }

    /// What is built here has to come from a registry; a name that says which one is enough.
    private mutating func want(_ build: Mapping.Entry, of service: Service, _ node: Node) {
        guard source.images[service.name] == nil else { return }
        let named = node["image"]?.scalar.map { filled($0.text).text }
        if let named, ImageName.namesRegistry(named) { return }
        report(
            "images are not built here",
            remedy: "push the image to a registry, and add \(example(of: service.name))",
            at: build.key.mark,
            field: "services.\(service.name).build"
        )
        wanted.want("image", example(of: service.name, option: false))
    }

    private func example(of service: String, option: Bool = true) -> String {
        let registry = variables["DOCKER_REGISTRY"].flatMap { $0.isEmpty ? nil : $0 }
        let name = service.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let host = registry ?? Self.exampleRegistry
        let text = "\(service)=\(host)/\(name.isEmpty ? "image" : name):1.0.0"
        return option ? "--image \(text)" : text
    }

    /// Writes the image that `--image` names.
    private mutating func write(
        _ text: String,
        in node: Node,
        of service: inout Service,
        _ plan: ImagePlan,
        _ counts: [Int: Int]
    ) {
        guard let image = try? ImageName(text) else { return }
        let name = take(image, of: &service, plan)
        let build = node.mapping?.entry("build")
        let entry = node.mapping?.entry("image")
        if let entry, counts[entry.key.mark.offset] == 1, !entry.value.isAlias {
            changes.replace(entry.value.range, with: name)
            if let build { drop(build, of: &service, in: node, counts) }
            return
        }
        if let build, entry == nil, counts[build.key.mark.offset] == 1,
            let lines = changes.ownLines(of: build)
        {
            let indentation = String(repeating: " ", count: build.key.mark.column - 1)
            return changes.replace(lines, with: "\(indentation)image: \(name)\n")
        }
        service.entries.append("    image: \(name)\n")
        if let build { drop(build, of: &service, in: node, counts) }
    }

    private mutating func rewrite(_ node: Node, of service: inout Service, _ plan: ImagePlan) {
        guard let scalar = node.scalar, let image = try? ImageName(filled(scalar.text).text) else {
            return
        }
        guard scalar.style != .literal, scalar.style != .folded else {
            return report(
                "the image is written over several lines",
                remedy: "write it on one line",
                at: node.mark,
                field: "services.\(service.name).image"
            )
        }
        changes.replace(node.range, with: take(image, of: &service, plan))
    }

    /// Takes the version, and gives the name as the manifest is to write it.
    private func take(
        _ image: ImageName,
        of service: inout Service,
        _ plan: ImagePlan
    ) -> String {
        // A version begins with a tag, so an image that has a digest alone keeps it.
        let keepsDigest = image.tag == nil && image.digest != nil
        if !keepsDigest {
            service.version = (image.tag ?? "latest") + (image.digest.map { "@\($0)" } ?? "")
        }
        var name = plan.name(of: image)
        if keepsDigest, let digest = image.digest { name += "@\(digest)" }
        return PlainScalar(name).kind == .text ? name : "\"\(name)\""
    }

    /// What came from `build` alone is pulled now.
    private mutating func dropBuildPolicy(
        of node: Node,
        of service: inout Service,
        _ counts: [Int: Int]
    ) {
        guard node["build"] != nil, let entry = node.mapping?.entry("pull_policy"),
            let text = entry.value.scalar?.text, filled(text).text == "build"
        else { return }
        drop(entry, of: &service, in: node, counts)
    }

    /// The policy of the environment is for services that ask for it.
    func keepPullPolicy(of node: Node, of service: inout Service) {
        guard node["pull_policy"] == nil, pullPolicy.map(Self.isUsual) == false else { return }
        service.entries.append("    pull_policy: \(Self.usualPolicy)\n")
    }

    private static let usualPolicy = "if_not_present"

    private static func isUsual(_ policy: String) -> Bool {
        ["missing", usualPolicy, "IfNotPresent"].contains(policy)
    }

    /// The policy of the environment, which `${IMAGE_PULL_POLICY}` stands for.
    func environmentPullPolicy() -> String? {
        let services = root["services"]?.mapping?.entries.filter { active.contains($0.name) } ?? []
        let isAsked = services.contains { entry in
            let policy = entry.value["pull_policy"]?.scalar?.text ?? ""
            return VariableNames.used(in: policy).contains("IMAGE_PULL_POLICY")
        }
        guard isAsked else { return Self.usualPolicy }
        return variables["IMAGE_PULL_POLICY"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
