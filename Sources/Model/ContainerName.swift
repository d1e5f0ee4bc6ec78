/// A container's name, which carries its phase: labels are fixed when a container is made, and the
/// phase has to survive the controller.
package struct ContainerName: Hashable, Sendable, CustomStringConvertible {
    /// What a container is to its slot.
    package enum Role: Hashable, Sendable {
        /// The slot's own: `prod-web-1`.
        case committed
        /// To become the slot's own: `prod-web-1.g7`.
        case candidate(generation: Int)
        /// Was the slot's own: `prod-web-1.old7`.
        case retired(generation: Int)
        /// Given up before it became the slot's own, through no fault of its own:
        /// `prod-web-1.off7`.
        case withdrawn(generation: Int)
        /// Failed, kept for its logs: `prod-web-1.bad7`.
        case failed(generation: Int)
    }

    /// The name without the suffix.
    package var base: String
    /// What the suffix says.
    package var role: Role

    /// Makes the name of a role.
    package init(base: String, role: Role = .committed) {
        self.base = base
        self.role = role
    }

    /// Reads the role from a name whose base is known; nil when it is not this base's.
    package init?(_ name: String, base: String) {
        guard name.hasPrefix(base) else { return nil }
        let suffix = name.dropFirst(base.count)
        self.base = base
        if suffix.isEmpty {
            role = .committed
        } else if let generation = Self.number(suffix, after: ".g") {
            role = .candidate(generation: generation)
        } else if let generation = Self.number(suffix, after: ".old") {
            role = .retired(generation: generation)
        } else if let generation = Self.number(suffix, after: ".off") {
            role = .withdrawn(generation: generation)
        } else if let generation = Self.number(suffix, after: ".bad") {
            role = .failed(generation: generation)
        } else {
            return nil
        }
    }

    /// Reads the name of a container that Compose created: it keeps its own, and is retired where
    /// Berth has replaced it.
    package init(adopted name: String) {
        if let dot = name.lastIndex(of: "."),
            let read = ContainerName(name, base: String(name[..<dot])), case .retired = read.role
        {
            self = read
        } else {
            self.init(base: name)
        }
    }

    /// The name of a slot's containers, unless the manifest fixes another.
    package static func base(environment: String, service: String, slot: Int) -> String {
        "\(environment)-\(service)-\(slot)"
    }

    /// The name as Docker has it.
    package var description: String {
        switch role {
        case .committed: base
        case .candidate(let generation): "\(base).g\(generation)"
        case .retired(let generation): "\(base).old\(generation)"
        case .withdrawn(let generation): "\(base).off\(generation)"
        case .failed(let generation): "\(base).bad\(generation)"
        }
    }

    /// Whether a name ends as that of a container that is not the slot's own.
    ///
    /// No base may: it would be taken for another base's container in that role.
    package static func endsInRole(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return ContainerName(name, base: String(name[..<dot])) != nil
    }

    /// Digits as `description` writes them: each role of a base has one name.
    private static func number(_ suffix: Substring, after prefix: String) -> Int? {
        guard suffix.hasPrefix(prefix), let number = Int(suffix.dropFirst(prefix.count)),
            number >= 0, suffix.dropFirst(prefix.count) == "\(number)"
        else { return nil }
        return number
    }
}
