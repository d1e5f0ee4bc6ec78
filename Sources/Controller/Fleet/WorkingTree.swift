internal import Foundation

/// A folder of files as they lie there, committed or not.
public struct WorkingTree: Sendable {
    /// The folder.
    public let path: String

    /// As much as a file of a fleet repository may hold, as in the mirror.
    private static let fileLimit = 4 << 20

    /// Names a folder; nothing is read yet.
    public init(path: String) { self.path = path }

    /// The content of a file, by its path from the folder or an absolute one; nil where there is no
    /// regular file.
    ///
    /// - Throws: what Foundation says, or `TooLarge` beyond 4 MiB.
    public func read(_ name: String) throws -> [UInt8]? {
        let url = url(name).resolvingSymlinksInPath()
        let values = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard values?[.type] as? FileAttributeType == .typeRegular else { return nil }
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        let bytes = [UInt8](try file.read(upToCount: Self.fileLimit + 1) ?? Data())
        guard bytes.count <= Self.fileLimit else { throw TooLarge(path: url.path) }
        return bytes
    }

    /// The content of a file that has to be there.
    public func required(_ name: String) throws -> [UInt8] {
        guard let bytes = try read(name) else { throw NoSuchFile(path: name) }
        return bytes
    }

    /// The names in a folder of it; none where there is no such folder.
    public func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
    }

    /// Writes new files, all or none; what is there already stays as it is.
    ///
    /// - Throws: `AlreadyThere` before anything is written, or what Foundation says.
    public func add(_ files: [(path: String, text: String)]) throws {
        let taken = files.map(\.path).filter {
            FileManager.default.fileExists(atPath: url($0).path)
        }
        guard taken.isEmpty else { throw AlreadyThere(paths: taken) }
        var written: [URL] = []
        do {
            for file in files {
                let url = url(file.path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
                written.append(url)
            }
        } catch {
            for url in written { try? FileManager.default.removeItem(at: url) }
            throw error
        }
    }

    private func url(_ name: String) -> URL {
        URL(fileURLWithPath: name.hasPrefix("/") ? name : "\(path)/\(name)")
    }
}

/// A file that is not there.
public struct NoSuchFile: Error, CustomStringConvertible {
    /// The file.
    public let path: String

    /// What happened, and what to do next.
    public var description: String { "there is no file \(path); check the path" }
}

/// A file that no fleet repository can hold.
public struct TooLarge: Error, CustomStringConvertible {
    /// The file.
    public let path: String

    /// What happened, and what to do next.
    public var description: String { "\(path) is larger than 4 MiB; split it" }
}

/// Files that would have to be overwritten.
public struct AlreadyThere: Error, CustomStringConvertible {
    /// The files.
    public let paths: [String]

    /// Names the files.
    public init(paths: [String]) { self.paths = paths }

    /// What happened, and what to do next.
    public var description: String {
        "\(paths.joined(separator: ", ")): already there, and nothing is overwritten; name another "
            + "folder, or move what is there away"
    }
}
