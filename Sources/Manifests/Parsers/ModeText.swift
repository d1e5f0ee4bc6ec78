/// Permission bits in octal digits: `0440`, `755`.
enum ModeText {
    /// Reads the bits, of which none is above those of `most`.
    static func parse(_ text: some StringProtocol, most: Int64) throws(TextError) -> Int64 {
        let isOctal = text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        guard isOctal, (1...8).contains(text.utf8.count), let mode = Int64(text, radix: 8) else {
            throw TextError(
                "\(String(text).quoted) is no permission",
                remedy: "write octal digits in quotes, as \"0440\""
            )
        }
        guard mode <= most else {
            throw TextError(
                "\(String(text).quoted) has bits above \(octal(most)), as setuid",
                remedy: "write at most \"\(octal(most))\""
            )
        }
        return mode
    }

    /// The bits as text, with a zero before them.
    static func octal(_ mode: Int64) -> String { "0\(String(mode, radix: 8))" }
}
