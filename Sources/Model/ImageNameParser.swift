internal import Digests

/// Reads one image name by the grammar of distribution/reference@0965666 (reference.go).
struct ImageNameParser {
    static let longest = 1024
    static let longestPath = 255
    static let longestTag = 128

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func parse() throws(ImageNameError) -> ImageName {
        try checkWhole()
        let (name, digestText) = split(text[...], at: "@")
        var registry = ImageName.dockerHub
        var rest = name
        if ImageName.namesRegistry(name) {
            let (first, remainder) = split(name, at: "/")
            registry = first == "index.docker.io" ? ImageName.dockerHub : String(first)
            rest = remainder ?? ""
            try checkRegistry(first)
        }

        let (shortPath, tag) = split(rest, at: ":")
        try checkPath(shortPath)
        var path = String(shortPath)
        if registry == ImageName.dockerHub, !path.contains("/") {
            path = ImageName.officialNamespace + path
        }
        guard path.utf8.count <= Self.longestPath else { throw error(.pathTooLong, at: shortPath) }

        if let tag { try Self.checkTag(tag, in: text) }
        let digest = try digestText.map { (spelled) throws(ImageNameError) in
            guard let digest = Digest(spelled) else { throw error(.digest, at: spelled) }
            return digest
        }
        return ImageName(registry: registry, path: path, tag: tag.map(String.init), digest: digest)
    }

    /// `[\w][\w.-]{0,127}`.
    static func checkTag(_ tag: Substring, in text: String) throws(ImageNameError) {
        func wrong(_ index: Substring.Index) -> ImageNameError {
            ImageNameError(reason: .tag, text: text, position: offset(of: index, in: text))
        }
        guard let first = tag.utf8.first, isWord(first) else { throw wrong(tag.startIndex) }
        if let bad = tag.utf8.firstIndex(where: { !isWord($0) && !isDotOrHyphen($0) }) {
            throw wrong(bad)
        }
        guard tag.utf8.count <= longestTag else {
            throw wrong(tag.utf8.index(tag.startIndex, offsetBy: longestTag))
        }
    }

    /// Whether Docker takes `text` for the ID of a local image.
    static func isImageID(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isLowerHex)
    }

    private func checkWhole() throws(ImageNameError) {
        guard !text.isEmpty else { throw error(.empty, at: text[...]) }
        guard text.utf8.count <= Self.longest else { throw error(.tooLong, at: text[...]) }
        guard !Self.isImageID(text) else { throw error(.imageID, at: text[...]) }
        guard !text.contains("://") else { throw error(.scheme, at: text[...]) }
    }

    /// A host name or an IPv6 address in brackets, then `:` and digits if there is a port.
    private func checkRegistry(_ registry: Substring) throws(ImageNameError) {
        var host = registry
        var port: Substring?
        if registry.hasPrefix("["), let close = registry.firstIndex(of: "]") {
            let address = registry[..<close].dropFirst()
            guard !address.isEmpty, address.utf8.allSatisfy({ Self.isHex($0) || $0 == 0x3a }) else {
                throw error(.registry, at: address)
            }
            let after = registry[close...].dropFirst()
            guard after.isEmpty || after.hasPrefix(":") else { throw error(.registry, at: after) }
            port = after.isEmpty ? nil : after.dropFirst()
        } else {
            (host, port) = split(registry, at: ":")
            for label in host.split(separator: ".", omittingEmptySubsequences: false) {
                try checkLabel(label)
            }
        }
        guard let port else { return }
        guard !port.isEmpty, port.utf8.allSatisfy(Self.isDigit) else {
            throw error(.registry, at: port)
        }
    }

    private func checkLabel(_ label: Substring) throws(ImageNameError) {
        guard let first = label.utf8.first, Self.isAlphanumeric(first),
            let last = label.utf8.last, Self.isAlphanumeric(last)
        else { throw error(.registry, at: label) }
        let isAllowed = { (byte: UInt8) in Self.isAlphanumeric(byte) || byte == UInt8(ascii: "-") }
        guard let bad = label.utf8.firstIndex(where: { !isAllowed($0) }) else { return }
        throw error(.registry, at: label[bad...])
    }

    private func checkPath(_ path: Substring) throws(ImageNameError) {
        guard !path.isEmpty else { throw error(.missingPath, at: path) }
        if let upper = path.firstIndex(where: \.isUppercase) {
            throw error(.uppercase, at: path[upper...])
        }
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            try checkComponent(component)
        }
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
    private func checkComponent(_ component: Substring) throws(ImageNameError) {
        var rest = component
        while true {
            let word = rest.prefix { $0.utf8.allSatisfy(Self.isLowerAlphanumeric) }
            guard !word.isEmpty else { throw error(.path, at: rest) }
            rest = rest.dropFirst(word.count)
            guard let joint = rest.first else { return }
            let run = rest.prefix { $0 == joint }.count
            switch joint {
            case "." where run == 1, "_" where run <= 2, "-": rest = rest.dropFirst(run)
            default: throw error(.path, at: rest)
            }
        }
    }

    private func split(
        _ part: Substring,
        at separator: Character
    ) -> (before: Substring, after: Substring?) {
        guard let index = part.firstIndex(of: separator) else { return (part, nil) }
        return (part[..<index], part[index...].dropFirst())
    }

    private func error(_ reason: ImageNameError.Reason, at part: Substring) -> ImageNameError {
        ImageNameError(
            reason: reason,
            text: text,
            position: Self.offset(of: part.startIndex, in: text)
        )
    }

    private static func offset(of index: String.Index, in text: String) -> Int {
        text.utf8.distance(from: text.startIndex, to: index)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "_")
    }

    private static func isDotOrHyphen(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        isLowerHex(byte) || UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte
    }
}
