import XCTest

final class LayeringTests: XCTestCase {
    private var table = ModuleTable(manifest: "")

    /// What comes with the toolchain.
    private let system: Set<String> = [
        "Dispatch", "Foundation", "FoundationNetworking", "Glibc", "Synchronization",
    ]
    /// Files of the pure layers that may use Foundation, and what for.
    private let exceptions: [String: String] = [
        "Sources/Model/Goal.swift": "JSONEncoder"
    ]

    override func setUpWithError() throws {
        table = ModuleTable(manifest: try SourceTree.text("Package.swift"))
    }

    func testTheTableIsThatOfThePackage() throws {
        let folders = try SourceTree.folders(in: "Sources")
        XCTAssertEqual(Set(table.layers.keys), Set(folders))
        XCTAssertEqual(table.layers["YAML"], 0)
        XCTAssertEqual(table.layers["Addresses"], 0)
        XCTAssertEqual(table.layers["Planning"], 1)
        XCTAssertEqual(table.layers["Clibgit2"], 2)
        XCTAssertEqual(table.layers["Controller"], 3)
        XCTAssertEqual(table.layers["berth"], 4)
        XCTAssertEqual(table.uses["GitSource"], ["Clibgit2", "Platform", "Printing"])
        XCTAssertEqual(table.uses["berth"], ["Commands", "Platform"])
    }

    func testArrowsPointDownwards() {
        // Within a layer a module may use one that stands above it in the table; what must not be
        // is an arrow to a higher layer, or between the layers' peers of the outside.
        for (name, uses) in table.uses {
            for used in uses {
                guard let own = table.layers[name], let other = table.layers[used] else {
                    XCTFail("\(name) uses \(used), which is no module of the table")
                    continue
                }
                XCTAssertLessThanOrEqual(other, own, "\(name) → \(used)")
            }
        }
    }

    func testModulesImportOnlyWhatTheyDeclare() throws {
        for file in try SourceTree.swiftFiles(in: ["Sources"]) {
            let allowed = (table.uses[file.module] ?? []).union(system)
            for name in file.imports {
                XCTAssertTrue(
                    allowed.contains(name),
                    "\(file.path) imports \(name), which Package.swift does not give \(file.module)"
                )
            }
        }
    }

    func testDeclaredModulesAreImported() throws {
        let files = Dictionary(grouping: try SourceTree.swiftFiles(in: ["Sources"]), by: \.module)
        for (name, uses) in table.uses {
            let imported = Set((files[name] ?? []).flatMap(\.imports))
            XCTAssertEqual(uses.subtracting(imported), [], "\(name) declares and never imports")
        }
    }

    func testPureLayersHoldNoOutside() throws {
        let forbidden: [(what: String, words: Set<Substring>)] = [
            ("async", ["async", "await", "actor", "Task"]),
            ("a clock", ["Date", "ContinuousClock", "SuspendingClock", "clock_gettime"]),
            ("files", ["FileManager", "FileHandle", "fopen", "contentsOfFile"]),
            ("processes", ["Process", "ProcessInfo", "posix_spawn"]),
            ("sockets", ["URLSession", "getaddrinfo", "sockaddr"]),
            ("threads", ["DispatchQueue", "Thread", "Mutex"]),
            ("chance", ["SystemRandomNumberGenerator", "UUID", "random"]),
        ]
        let pure = table.layers.filter { $0.value <= 1 }.keys.map { "Sources/\($0)" }.sorted()
        XCTAssertEqual(pure.count, 9)
        for file in try SourceTree.swiftFiles(in: pure) {
            for (index, words) in file.words.enumerated() {
                for (what, forbidden) in forbidden where !words.isDisjoint(with: forbidden) {
                    let line = file.lines[index]
                    XCTFail("\(file.path):\(index + 1): \(what) in a pure layer: \(line)")
                }
            }
            let outside = Set(file.imports).intersection(system)
            if exceptions[file.path] != nil {
                XCTAssertEqual(outside, ["Foundation"], file.path)
            } else {
                XCTAssertEqual(outside, [], "\(file.path): a pure layer needs the language only")
            }
        }
    }

    /// A call on a path can hang for ever, so the loops make them through the disk queue alone.
    ///
    /// The commands read a working tree and write new files before any loop runs; `/proc` is memory.
    func testTheLoopsTouchNoDiskThemselves() throws {
        let calls: Set<Substring> = [
            "FileManager", "FileHandle", "AtomicFile", "OpenedPath", "FileLock", "contentsOfFile",
            "stat", "lstat", "fstat", "access", "chmod", "rename", "unlink", "mkdir", "fsync",
        ]
        let exceptions = [
            "Sources/Controller/Fleet/WorkingTree.swift", "Sources/Controller/Fleet/NewFiles.swift",
            "Sources/Controller/Record/History.swift", "Sources/Controller/Site/Site.swift",
        ]
        var found: Set<String> = []
        for file in try SourceTree.swiftFiles(in: ["Sources/Controller"])
        where !file.path.hasPrefix("Sources/Controller/Disk/") {
            for (index, words) in file.words.enumerated() where !words.isDisjoint(with: calls) {
                let line = file.lines[index].drop { $0 == " " }
                // A step and an engine's call have the name of a system call.
                if line.hasPrefix("//") || line.contains("case .rename") { continue }
                if words.intersection(calls) == ["rename"], !line.contains("rename(path") {
                    continue
                }
                found.insert(file.path)
                guard !exceptions.contains(file.path) else { continue }
                XCTFail("\(file.path):\(index + 1): a file call outside of Disk: \(line)")
            }
        }
        XCTAssertEqual(found, Set(exceptions), "those that are excepted and touch none")
    }

    func testNoModuleHasATypeOfItsOwnName() throws {
        let kinds = ["struct", "class", "enum", "actor", "protocol"]
        for file in try SourceTree.swiftFiles(in: ["Sources"]) {
            for (index, line) in file.lines.enumerated() {
                for kind in kinds where line.hasSuffix("\(kind) \(file.module) {") {
                    XCTFail("\(file.path):\(index + 1) hides the module's name")
                }
            }
        }
    }
}
