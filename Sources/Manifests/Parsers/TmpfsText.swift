/// One entry of `tmpfs`: `/path`, or `/path:size=64m,mode=1777`.
struct TmpfsText: Hashable, Sendable {
    var target: String
    var size: Int64?
    var mode: Int?
    var readOnly = false

    /// The sticky bit keeps users from each other's files; setuid and setgid have no use there.
    static let mostBits: Int64 = 0o1777

    /// Reads an entry; options beside these and Docker's own are refused.
    init(_ text: String) throws(TextError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        target = PathText.cleaned(String(parts.first ?? ""))
        guard target.hasPrefix("/") else {
            throw TextError("\(text.quoted) is not an absolute path", remedy: "start it with /")
        }
        guard parts.count > 1 else { return }
        for option in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            try take(KeyValueText(String(option)), of: text)
        }
    }

    private mutating func take(_ option: KeyValueText, of text: String) throws(TextError) {
        switch (option.key, option.value) {
        case ("ro", nil): readOnly = true
        case ("rw", nil): readOnly = false
        // What Docker sets by itself.
        case ("noexec", nil), ("nosuid", nil), ("nodev", nil): break
        case ("size", let value?):
            let bytes = try ByteText.parse(value)
            guard bytes >= 0 else {
                throw TextError("\(text.quoted): \(value) is negative", remedy: "write size=64m")
            }
            size = bytes
        case ("mode", let value?):
            guard let mode = try? ModeText.parse(value, most: Self.mostBits) else {
                throw TextError("\(text.quoted): \(value.quoted) is not a file mode")
                    .with(remedy: "write octal digits, at most mode=1777")
            }
            self.mode = Int(mode)
        default:
            throw TextError("\(text.quoted): \(option.key.quoted) is not available")
                .with(remedy: "use size=64m, mode=1777, ro or rw")
        }
    }
}
