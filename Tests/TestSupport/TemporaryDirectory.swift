import Foundation

/// A folder that exists as long as the value does.
///
/// Its path is short, so that a unix socket's fits under it (107 bytes, unix(7)).
package final class TemporaryDirectory: Sendable {
    /// The absolute path.
    package let path: String

    /// Makes an empty folder of mode 0700 in `/tmp`.
    package init(_ name: String = "berth-test") throws {
        let template = "/tmp/\(name).XXXXXX"
        var bytes = Array(template.utf8CString)
        guard mkdtemp(&bytes) != nil else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: template])
        }
        path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove() }

    /// Removes the folder now, for whoever cannot let go of the value.
    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders it needs, and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = file(name)
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}
