/// Why a text is not an image name, and what to write instead.
package struct ImageNameError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Reason: Hashable, Sendable {
        /// The text is empty.
        case empty
        /// The text is longer than any name can be.
        case tooLong
        /// The text is 64 hexadecimal digits, which Docker takes for an image ID.
        case imageID
        /// The text starts with a scheme such as `https://`.
        case scheme
        /// The registry's host or port has a character that neither may have.
        case registry
        /// The repository path is empty.
        case missingPath
        /// The repository path has an upper-case letter.
        case uppercase
        /// The repository path has a character, or an order of characters, that it may not have.
        case path
        /// The repository path, with Docker Hub's `library/`, is longer than 255 characters.
        case pathTooLong
        /// The tag is empty, too long, or has a character that it may not have.
        case tag
        /// The digest is not `sha256:` and 64 lower-case hexadecimal digits.
        case digest
    }

    /// What is wrong.
    package let reason: Reason

    /// The text that was read.
    package let text: String

    /// Where in the text, as a UTF-8 offset from 0.
    package let position: Int
}

extension ImageNameError: CustomStringConvertible {
    /// One sentence: the text, the place, the rule and the remedy.
    package var description: String {
        "\(quoted) is not an image name: at character \(position + 1), \(rule)"
    }

    private var quoted: String {
        let limit = 300
        guard text.utf8.count > limit else { return text.debugDescription }
        return "\(String(text.prefix(limit)).debugDescription)…"
    }

    private var rule: String {
        switch reason {
        case .empty:
            "nothing is written; write a name such as ghcr.io/team/app:1.0"
        case .tooLong:
            "it is longer than \(ImageNameParser.longest) characters; shorten it"
        case .imageID:
            "64 hexadecimal digits alone mean an image ID; write the repository and @sha256: before"
        case .scheme:
            "a scheme is written; leave it out, as in ghcr.io/team/app:1.0"
        case .registry:
            "the registry is not a host name or an address in brackets, with a numeric port if any"
        case .missingPath:
            "the repository after the registry is missing; write it, as in ghcr.io/team/app"
        case .uppercase:
            "the repository has an upper-case letter; write it in lower case"
        case .path:
            "the repository breaks off; its parts are lower-case letters and digits, joined by one "
                + "dot, one or two underscores, or hyphens, with / between parts"
        case .pathTooLong:
            "the repository is longer than \(ImageNameParser.longestPath) characters; shorten it"
        case .tag:
            "the tag breaks off; it has 1 to \(ImageNameParser.longestTag) letters, digits, "
                + "underscores, dots and hyphens, and starts with none of the last two"
        case .digest:
            "the digest is not sha256: and 64 lower-case hexadecimal digits; copy it whole"
        }
    }
}
