internal import Foundation

/// A new folder under the system's temporary one, removed with everything in it when this value's
/// last reference goes.
///
/// Its path is short, so that a unix socket's path fits under it (107 bytes, unix(7)).
public final class ScratchFolder: Sendable {
    /// The folder's path, with no symbolic link in it.
    public let path: String

    /// Makes the folder.
    ///
    /// - Throws: `POSIXError` if the temporary folder cannot be written.
    public init() throws {
        var template = Array("/tmp/berth-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
