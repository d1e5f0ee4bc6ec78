/// Splits a command line into words as Compose does: by blanks, with quotes and backslashes, and
/// without a shell.
///
/// What only a shell could carry out (`a | b`, `a; b`, `a > b`) is refused: Compose reads such a
/// line up to the first of these characters and drops the rest without a word.
enum CommandText {
    static func split(_ line: String) throws(TextError) -> [String] {
        var splitter = Splitter(line: line)
        return try splitter.split()
    }

    private struct Splitter {
        let line: String
        var words: [String] = []
        var word = ""
        var hasWord = false
        var isEscaped = false
        var quote: Character?
        var isSubstitution = false
        var isBacktick = false

        init(line: String) { self.line = line }

        var isProtected: Bool { quote != nil || isSubstitution || isBacktick }

        mutating func split() throws(TextError) -> [String] {
            // Scalar by scalar, for a letter and its accent must not hide a blank or a quote.
            for scalar in line.unicodeScalars { try take(Character(scalar)) }
            if hasWord { words.append(word) }
            guard !isEscaped, !isProtected else { throw unfinished }
            return words
        }

        private mutating func take(_ character: Character) throws(TextError) {
            if isEscaped {
                isEscaped = false
                add(character)
            } else if character == "\\" {
                if quote == "'" { word.append(character) } else { isEscaped = true }
            } else {
                switch character {
                case " ", "\t", "\r", "\n": takeBlank(character)
                default: try takeVisible(character)
                }
            }
        }

        private mutating func takeBlank(_ character: Character) {
            if isProtected {
                word.append(character)
            } else if hasWord {
                words.append(word)
                word = ""
                hasWord = false
            }
        }

        private mutating func takeVisible(_ character: Character) throws(TextError) {
            switch character {
            case "`" where quote == nil && !isSubstitution:
                isBacktick.toggle()
            case ")" where quote == nil && !isBacktick:
                isSubstitution.toggle()
            case "(" where quote == nil && !isBacktick:
                guard !isSubstitution, word.hasSuffix("$") else { throw shell(character) }
                isSubstitution = true
            case "\"" where quote != "'" && !isSubstitution,
                "'" where quote != "\"" && !isSubstitution:
                if quote == nil {
                    quote = character
                } else {
                    quote = nil
                    hasWord = true
                }
                return
            case ";", "&", "|", "<", ">":
                guard isProtected else { throw shell(character) }
            default:
                break
            }
            add(character)
        }

        private mutating func add(_ character: Character) {
            word.append(character)
            hasWord = true
        }

        private func shell(_ character: Character) -> TextError {
            TextError("\(character) means something to a shell only, and no shell runs this line")
                .with(remedy: "quote it, or write a list: [sh, -c, \"…\"]")
        }

        private var unfinished: TextError {
            TextError("the command line ends inside quotes, brackets or an escape")
                .with(remedy: "close them, or write a list of words")
        }
    }
}
