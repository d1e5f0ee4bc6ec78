internal import Foundation

/// Files that the kernel writes as they are read, as under /proc.
///
/// They have no size, and are handed out a page at a time: Foundation's readers take the first page
/// for the whole.
package enum KernelFile {
    /// The most that is read of one: 64 MiB.
    private static let limit = 64 << 20

    /// The whole text; nil where the file is missing or cannot be read; blocks.
    package static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = read(descriptor, &piece, piece.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else {
                if errno == EINTR { continue }
                return nil
            }
            bytes += piece[..<count]
        }
        return nil
    }
}
