internal import Foundation
internal import Manifests
internal import Model

/// Variables from files of the host, read when a container is made.
enum HostVariables {
    /// The largest file that is read.
    private static let limit = 1 << 20

    /// The list with the files' variables below what it sets itself; a later file's win.
    static func merged(
        into list: [String]?,
        from files: [HostEnvironmentFile]
    ) throws -> [String]? {
        var variables: [String: String] = [:]
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: file.path) else {
                guard file.isRequired else { continue }
                throw Unreadable(path: file.path)
            }
            defer { try? handle.close() }
            let bytes = [UInt8](try handle.read(upToCount: limit) ?? Data())
            variables.merge(try HostEnvironment.variables(in: bytes, of: file)) { $1 }
        }
        let own = Set((list ?? []).map { String($0.prefix { $0 != "=" }) })
        let added = variables.filter { !own.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        return ((list ?? []) + added.sorted()).nonEmpty
    }

    struct Unreadable: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "the env_file \(path) cannot be read; put it on this host, or say required: false"
        }
    }
}
