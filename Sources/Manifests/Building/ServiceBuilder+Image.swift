internal import Model

/// `image`, `version`, `registry`: which image runs, and whether the policy lets it.
extension ServiceBuilder {
    mutating func image() -> ImageName? {
        guard let value = service["image"], let text = value.string else {
            if service["image"] == nil {
                report(TextError("the image is missing", remedy: "add image:"), "image")
            }
            return nil
        }
        do {
            let named = try ImageName(withRegistry(text))
            let image = try versioned(named)
            check(image, at: value)
            return image
        } catch let error as TextError {
            report(error, "image", at: value)
        } catch let error as ImageNameError {
            report(TextError(error.description), "image", at: value)
        } catch {
            report(TextError("\(text.quoted) is not an image"), "image", at: value)
        }
        return nil
    }

    /// The environment's registry comes before images that name none.
    private func withRegistry(_ text: String) -> String {
        guard !ImageName.namesRegistry(text) else { return text }
        let registry = service["registry"]?.string ?? file.settings["registry"]?.string
        return registry.map { "\($0)/\(text)" } ?? text
    }

    /// The environment's version takes the place of the image's own tag and digest.
    private func versioned(_ image: ImageName) throws -> ImageName {
        guard let text = service["version"]?.string else { return image }
        let version = try VersionText(text)
        let tagged = try image.withTag(version.tag)
        return version.digest.map(tagged.withDigest) ?? tagged
    }

    private mutating func check(_ image: ImageName, at value: ComposeValue) {
        let place = service["version"] ?? value
        let field = service["version"] == nil ? "image" : "version"
        if !policy.trusts(repository: image.repository) {
            let error = TextError("\(image.repository) is not in a trusted registry")
                .with(remedy: "add it to policy.trusted_registries in \(file.path)")
            report(error, "image", at: value)
        }
        if policy.requiresDigest, image.digest == nil {
            let error = TextError("the policy requires a digest")
                .with(remedy: "write version: \(image.tag ?? "1.0")@sha256:…")
            report(error, field, at: place)
        }
        if image.digest == nil, Policy.isFloating(image.tag) {
            checkFloating(image, field, at: place)
        }
    }

    private mutating func checkFloating(
        _ image: ImageName,
        _ field: String,
        at place: ComposeValue
    ) {
        let subject = image.tag.map { "the tag \($0)" } ?? "no tag (which is latest)"
        let problem = TextError(
            "\(subject) names no version: what runs would change without a commit",
            remedy: "write version: under the service, or allow it with policy.floating_tags"
        )
        switch policy.floatingTags {
        case .allow: return
        case .allowed(let tags) where tags.contains(image.tag ?? "latest"): return
        case .warn:
            warn(problem, field, at: place)
        case .refuse, .allowed:
            problems.noteGrant(image.tag ?? "latest", in: "floating_tags")
            report(problem, field, at: place)
        }
    }
}
