extension String {
    /// Whether an absolute path without links is a folder, or lies in it.
    package func isIn(_ folder: String) -> Bool { self == folder || isBeneath(folder) }

    /// Whether an absolute path without links lies in a folder, the folder itself excluded.
    package func isBeneath(_ folder: String) -> Bool {
        guard self != folder, utf8.starts(with: folder.utf8) else { return false }
        return folder == "/" || utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")
    }
}
