internal import Foundation
internal import GitSource
internal import Manifests

/// A folder of files as they lie there, committed or not.
package struct WorkingTree: Sendable {
    /// The folder.
    package let path: String

    /// As much as a file of a fleet repository may hold, as in the mirror.
    private static let fileLimit = FleetFiles.largest

    /// Names a folder; nothing is read yet.
    package init(path: String) { self.path = path }

    /// The content of a file, by its path from the folder or an absolute one; nil where there is no
    /// regular file.
    ///
    /// - Throws: what Foundation says, or `TooLarge` beyond `FleetFiles.largest`.
    package func read(_ name: String) throws -> [UInt8]? {
        let url = url(name).resolvingSymlinksInPath()
        let values = try? FileManager.default.attributesOfItem(atPath: url.path)
        guard values?[.type] as? FileAttributeType == .typeRegular else { return nil }
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        let bytes = [UInt8](try file.read(upToCount: Self.fileLimit + 1) ?? Data())
        guard bytes.count <= Self.fileLimit else { throw TooLarge(path: url.path) }
        return bytes
    }

    /// The content of a file of the repository, read as the mirror would read it from a commit;
    /// nil where a commit would have nothing.
    ///
    /// Links are not followed, and what lies in another repository is not read.
    ///
    /// - Throws: `RefusedFile` where the mirror would refuse the entry, or what Foundation says.
    package func committed(_ name: String) throws -> [UInt8]? {
        guard let type = try type(of: name) else { return nil }
        guard type == .typeRegular else { throw RefusedFile(path: name, .folder) }
        do {
            return try read(name)
        } catch is TooLarge {
            throw RefusedFile(path: name, nil)
        }
    }

    /// The names in a folder of the repository, sorted; none where a commit would have no such
    /// folder.
    ///
    /// - Throws: `RefusedFile` where the mirror would refuse to enter it.
    func committedNames(in folder: String) throws -> [String] {
        guard try type(of: folder) == .typeDirectory else { return [] }
        return names(in: folder).sorted()
    }

    /// What lies at a path, once every folder on the way is a plain one.
    private func type(of name: String) throws -> FileAttributeType? {
        // Byte by byte, as the kernel and git split a path.
        let slash = UInt8(ascii: "/")
        guard name.utf8.first != slash else { return nil }
        var type = FileAttributeType.typeDirectory
        var walked = ""
        for part in name.utf8.split(separator: slash).map(Substring.init) where part != "." {
            // Git keeps no entry of these names.
            guard type == .typeDirectory, part != "..", part.lowercased() != ".git" else {
                return nil
            }
            walked += walked.isEmpty ? String(part) : "/\(part)"
            let place = "\(path)/\(walked)"
            // Describes a link itself, not its target.
            let found = try? FileManager.default.attributesOfItem(atPath: place)
            guard let kind = found?[.type] as? FileAttributeType else { return nil }
            guard kind != .typeSymbolicLink else { throw RefusedFile(path: walked, .symbolicLink) }
            guard part.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw RefusedFile(path: walked, .badName)
            }
            if kind == .typeDirectory,
                FileManager.default.fileExists(atPath: "\(place)/.git")
            {
                throw RefusedFile(path: walked, .submodule)
            }
            guard kind == .typeDirectory || kind == .typeRegular else { return nil }
            type = kind
        }
        return type
    }

    /// The content of a file that has to be there.
    package func required(_ name: String) throws -> [UInt8] {
        guard let bytes = try read(name) else { throw NoSuchFile(path: name) }
        return bytes
    }

    /// The names in a folder of it; none where there is no such folder.
    package func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
    }

    private func url(_ name: String) -> URL {
        URL(fileURLWithPath: name.hasPrefix("/") ? name : "\(path)/\(name)")
    }
}

/// A file that is not there.
package struct NoSuchFile: Error, CustomStringConvertible {
    /// The file.
    package let path: String

    /// What happened, and what to do next.
    package var description: String { "there is no file \(path); check the path" }
}

/// A file that no fleet repository can hold.
package struct TooLarge: Error, CustomStringConvertible {
    /// The file.
    package let path: String

    /// What happened, and what to do next.
    package var description: String {
        "\(path) is larger than \(FleetFiles.largest >> 20) MiB; split it"
    }
}
