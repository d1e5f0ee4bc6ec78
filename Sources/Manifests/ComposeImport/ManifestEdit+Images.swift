internal import Model
internal import YAML

/// `image` and `build`: names and versions go to the environment, and nothing is built.
extension ManifestEdit {
    /// A registry that does not exist (RFC 2606 §3), for images that the user is still to name.
    static let exampleRegistry = "registry.example.com"

    func images() -> [ImageName] {
        serviceEntries.compactMap { entry in
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
            let service = root["services"]?.entry(name)
            let mark = service?.key.mark ?? root.mark
            if service == nil {
                let known = serviceEntries.map(\.name)
                let error = TextError("there is no service \(name.quoted), which --image names")
                    .with(remedy: "the services are \(known.joined(separator: ", "))")
                report(error, at: mark, field: "services")
            } else if (try? ImageName(text)) == nil {
                let error = TextError("\(text.quoted), which --image names, is not an image")
                    .with(remedy: "write --image \(example(of: name, option: false))")
                report(error, at: mark, field: "services.\(name).image")
            }
        }
    }

    /// Puts an image's name into the manifest, and its version into the environment.
    mutating func nameImage(of service: inout Service) {
        let field = "services.\(service.name)"
        let build = service.node.entry("build")
        let entry = service.node.entry("image")
        if let build, build.value.isNull == false { checkRegistry(instead: build, of: service) }
        if let entry { places["\(field).image"] = changes.location(entry.value.mark) }
        if let image = source.images[service.name] {
            write(image, of: &service)
        } else if let entry {
            rewrite(entry.value, of: &service)
            if let build { drop(build, of: &service) }
        } else {
            service.entries.append("    image: \(Self.exampleRegistry)/missing:1.0.0\n")
            guard let build else {
                missing.add("image", example(of: service.name, option: false))
                let place = root["services"]?.entry(service.name)?.key.mark ?? root.mark
                let error = TextError("the image is missing")
                    .with(remedy: "add \(example(of: service.name))")
                return report(error, at: place, field: "\(field).image")
            }
            drop(build, of: &service)
        }
        dropBuildPolicy(of: &service)
    }

    /// What is built here has to come from a registry; a name that says which one is enough.
    private mutating func checkRegistry(instead build: Mapping.Entry, of service: Service) {
        guard source.images[service.name] == nil else { return }
        let named = service.node["image"]?.scalar.map { filled($0.text).text }
        if let named, ImageName.namesRegistry(named) { return }
        let error = TextError("images are not built here")
            .with(remedy: "push the image to a registry, and add \(example(of: service.name))")
        report(error, at: build.key.mark, field: "services.\(service.name).build")
        missing.add("image", example(of: service.name, option: false))
    }

    private func example(of service: String, option: Bool = true) -> String {
        let registry = variables["DOCKER_REGISTRY"].flatMap { $0.isEmpty ? nil : $0 }
        let name = service.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let host = registry ?? Self.exampleRegistry
        let text = "\(service)=\(host)/\(name.isEmpty ? "image" : name):1.0.0"
        return option ? "--image \(text)" : text
    }

    private mutating func write(_ text: String, of service: inout Service) {
        guard let image = try? ImageName(text) else { return }
        let name = take(image, of: &service)
        let build = service.node.entry("build")
        let entry = service.node.entry("image")
        if let build, entry == nil, isSole(build), let lines = changes.ownLines(of: build) {
            let indentation = String(repeating: " ", count: build.key.mark.column - 1)
            return changes.replace(lines, with: "\(indentation)image: \(name)\n")
        }
        if let entry, isSole(entry), !entry.value.isAlias {
            changes.replace(entry.value.range, with: name)
        } else {
            service.entries.append("    image: \(name)\n")
        }
        if let build { drop(build, of: &service) }
    }

    private mutating func rewrite(_ node: Node, of service: inout Service) {
        guard let scalar = node.scalar, let image = try? ImageName(filled(scalar.text).text) else {
            return
        }
        guard scalar.style != .literal, scalar.style != .folded else {
            let error = TextError("the image is written over several lines")
                .with(remedy: "write it on one line")
            return report(error, at: node.mark, field: "services.\(service.name).image")
        }
        changes.replace(node.range, with: take(image, of: &service))
    }

    /// Takes the version, and gives the name as the manifest is to write it.
    private func take(_ image: ImageName, of service: inout Service) -> String {
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
    private mutating func dropBuildPolicy(of service: inout Service) {
        guard service.node["build"] != nil, let entry = service.node.entry("pull_policy"),
            let text = entry.value.scalar?.text, filled(text).text == "build"
        else { return }
        drop(entry, of: &service)
    }

    /// The policy of the environment is for services that ask for it.
    func keepPullPolicy(of service: inout Service) {
        guard service.node["pull_policy"] == nil, pullPolicy.map(Self.isUsual) == false else {
            return
        }
        service.entries.append("    pull_policy: \(Self.usualPolicy)\n")
    }

    private static let usualPolicy = "if_not_present"

    private static func isUsual(_ policy: String) -> Bool {
        ["missing", usualPolicy, "IfNotPresent"].contains(policy)
    }

    /// The policy of the environment, which `${IMAGE_PULL_POLICY}` stands for.
    func environmentPullPolicy() -> String? {
        let isAsked = serviceEntries.contains { entry in
            guard active.contains(entry.name) else { return false }
            let policy = entry.value["pull_policy"]?.scalar?.text ?? ""
            return VariableNames.used(in: policy).contains("IMAGE_PULL_POLICY")
        }
        guard isAsked else { return Self.usualPolicy }
        return variables["IMAGE_PULL_POLICY"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
