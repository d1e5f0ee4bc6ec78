/// Writes words for a command line.
enum ShellText {
    /// A word that every POSIX shell reads as it is (POSIX.1-2017, shell 2.2.2).
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            $0.continuesName || "./-:=@,+%".utf8.contains($0)
        }
        if isPlain, !word.isEmpty { return word }
        let parts = word.utf8.split(
            separator: UInt8(ascii: "'"),
            omittingEmptySubsequences: false
        )
        return "'" + parts.map { String(Substring($0)) }.joined(separator: "'\\''") + "'"
    }
}
