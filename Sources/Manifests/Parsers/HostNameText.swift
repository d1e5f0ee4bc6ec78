/// A name of a machine, as lines of hosts files and the kernel take it.
enum HostNameText {
    /// Refuses what would be no name, or more than one, in a line of a hosts file.
    @Sendable static func check(_ text: String) throws(TextError) -> String {
        let isName = text.utf8.allSatisfy {
            $0.continuesName || $0 == 0x2E || $0 == 0x2D
        }
        guard isName, let first = text.utf8.first, first != 0x2D, first != 0x2E,
            text.utf8.count <= 253
        else {
            throw TextError(
                "\(text.quoted) is not a host name",
                remedy: "use letters, digits, dots, underscores and hyphens"
            )
        }
        return text
    }

    /// As `check`, for a name that the kernel keeps (sethostname(2)).
    @Sendable static func checkOwn(_ text: String) throws(TextError) -> String {
        guard text.utf8.count <= 64 else {
            throw TextError("\(text.quoted) is longer than 64 characters", remedy: "shorten it")
        }
        return text.isEmpty ? text : try check(text)
    }
}
