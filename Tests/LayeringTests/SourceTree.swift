import Foundation

/// The project's own files.
enum SourceTree {
    /// One file, with its path below the package's folder.
    struct File {
        var path: String
        var lines: [String]

        /// The folder below `Sources`.
        var module: String { String(path.split(separator: "/")[1]) }

        /// The words of each line: what stands between quotes or behind `//` is no code.
        var words: [Set<Substring>] {
            lines.map { line in
                var words: Set<Substring> = []
                for (index, part) in line.split(
                    separator: "\"",
                    omittingEmptySubsequences: false
                ).enumerated() where index % 2 == 0 {
                    let comment = part.utf8.firstRange(of: "//".utf8)?.lowerBound
                    let code = comment.map { part[..<$0] } ?? part
                    words.formUnion(code.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
                    if comment != nil { break }
                }
                return words
            }
        }

        /// What stands between quotes, a line each and without interpolations, with the line's
        /// number.
        var texts: [(line: Int, text: String)] {
            var texts: [(line: Int, text: String)] = []
            var isInside = false
            let interpolation = /\\\((?:[^()]|\([^()]*\))*\)/
            for (index, line) in lines.enumerated() {
                if line.contains("\"\"\"") {
                    isInside.toggle()
                } else if isInside {
                    texts.append((index + 1, line.replacing(interpolation, with: "")))
                } else if !line.drop(while: { $0 == " " }).hasPrefix("//") {
                    let parts = line.replacing(interpolation, with: "")
                        .split(separator: "\"", omittingEmptySubsequences: false)
                    for (number, part) in parts.enumerated() where number % 2 == 1 {
                        texts.append((index + 1, String(part)))
                    }
                }
            }
            return texts
        }

        /// The modules of its `import` lines, whatever stands before the word.
        var imports: [String] {
            lines.compactMap { line in
                guard line.utf8.firstRange(of: "import ".utf8) != nil else { return nil }
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"),
                    words[..<place].allSatisfy(Self.isModifier)
                else { return nil }
                // `import struct Module.Name` names a module, too.
                return words.last.map { String($0.prefix { $0 != "." }) }
            }
        }

        private static func isModifier(_ word: Substring) -> Bool {
            word.hasPrefix("@")
                || ["public", "package", "internal", "private", "fileprivate"].contains(word)
        }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// A file's text.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// The folders directly below a folder.
    static func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
            .filter { name in
                var isFolder: ObjCBool = false
                let path = "\(root)/\(folder)/\(name)"
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && isFolder.boolValue
            }
    }

    /// The text files below some folders whose names end so, sorted.
    static func files(in folders: [String], ending: [String]) throws -> [File] {
        try folders.flatMap { folder in
            let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
            let paths = (names?.allObjects as? [String] ?? []).sorted()
                .map { "\(folder)/\($0)" }
                .filter { path in ending.contains { path.hasSuffix($0) } }
            return try paths.map { path in
                File(path: path, lines: try text(path).components(separatedBy: "\n"))
            }
        }
    }

    static func swiftFiles(in folders: [String]) throws -> [File] {
        try files(in: folders, ending: [".swift"])
    }
}
