internal import Digests
internal import Foundation
internal import Model
internal import Platform

/// A file of the host whose content is part of a container's spec: a secret, a config, an env_file.
package struct HostFile: Hashable, Sendable {
    /// The absolute path.
    package var path: String
    /// Whether a container cannot be without it.
    package var isRequired: Bool
    /// Whether it is an `env_file`, whose lines go into the call that creates a container.
    package var holdsVariables: Bool

    /// The most that is read of it: 64 MiB, and of an `env_file` 1 MiB.
    var limit: Int { holdsVariables ? 1 << 20 : 64 << 20 }

    /// Names a file.
    package init(path: String, isRequired: Bool = true, holdsVariables: Bool = false) {
        self.path = path
        self.isRequired = isRequired
        self.holdsVariables = holdsVariables
    }

    /// Names an `env_file`.
    init(_ file: HostEnvironmentFile) {
        self.init(path: file.path, isRequired: file.isRequired, holdsVariables: true)
    }

    /// The digest of its content; nil if there is none and need not be.
    ///
    /// Blocks.
    func digest(in grants: GrantedPaths) throws(HostFileError) -> Digest? {
        var hash = SHA256()
        guard try read(in: grants, atMost: limit, { hash.update($0) }) else { return nil }
        return hash.digest
    }

    /// Its content; nil if there is none and need not be.
    ///
    /// Blocks.
    func bytes(
        in grants: GrantedPaths,
        atMost limit: Int? = nil
    ) throws(HostFileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        guard try read(in: grants, atMost: limit ?? self.limit, { bytes += $0 }) else { return nil }
        return bytes
    }

    /// Hands the content on piece by piece; returns whether there is a file.
    private func read(
        in grants: GrantedPaths,
        atMost limit: Int,
        _ take: (ArraySlice<UInt8>) -> Void
    ) throws(HostFileError) -> Bool {
        guard let opened = try opened(in: grants) else { return false }
        // A pipe without a writer must not be waited for.
        let descriptor = open(opened.handle, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.system(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(.system(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure(.notRegular) }
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        var total = 0
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return true }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure(.system(errno))
            }
            total += count
            guard total <= limit else { throw failure(.tooLarge(limit: limit, holdsVariables)) }
            take(piece[..<count])
        }
    }

    /// The file itself; nil if there is none and need not be.
    private func opened(in grants: GrantedPaths) throws(HostFileError) -> OpenedPath? {
        do {
            return try grants.open(path, readOnly: true)
        } catch let error as PathError {
            let isMissing = error.code == ENOENT || error.code == ENOTDIR
            guard isMissing, !isRequired else { throw failure(.system(error.code)) }
            return nil
        } catch {
            throw failure(.outside("\(error)"))
        }
    }

    private func failure(_ reason: HostFileError.Reason) -> HostFileError {
        HostFileError(path: path, reason: reason)
    }
}

/// A file of the host that a service needs cannot be read; what runs goes on as it is.
package struct HostFileError: Error, Equatable, CustomStringConvertible {
    /// What kept it from being read.
    package enum Reason: Equatable, Sendable {
        /// The system's error number.
        case system(Int32)
        /// It leads out of what is granted, in the words of ``OutsideGrants``.
        case outside(String)
        /// A folder, a pipe, a device.
        case notRegular
        /// More bytes than are read.
        case tooLarge(limit: Int, _ holdsVariables: Bool = false)
    }

    /// The file's path.
    package var path: String
    /// What kept it from being read.
    package var reason: Reason

    /// What happened, and what to do next.
    package var description: String {
        switch reason {
        case .system(let number):
            "\(path) of this host cannot be read: \(String(cString: strerror(number))); put it "
                + "there, or take it out of the service"
        case .outside(let words): words
        case .notRegular: "\(path) of this host is no regular file; name a file"
        case .tooLarge(let limit, let holdsVariables):
            "\(path) of this host has more than \(limit >> 20) MiB; "
                + (holdsVariables
                    ? "no container can have so many variables, so mount it, or split it"
                    : "mount it as a volume instead")
        }
    }
}

extension ContainerSpec {
    /// The files of the host whose content is part of the spec.
    var hostFiles: Set<HostFile> {
        Set(
            files.compactMap { file in
                if case .host(let path) = file.source { HostFile(path: path) } else { nil }
            } + hostEnvironmentFiles.map { HostFile($0) }
        )
    }
}
