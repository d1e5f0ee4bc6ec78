internal import Foundation
internal import Glibc
package import Model
internal import Platform
internal import Synchronization

/// The credentials that `docker login` stores.
///
/// For each registry in this order: the variable `DOCKER_AUTH_CONFIG`, then in `config.json` the
/// registry's own helper, the helper for all, and the file itself.
/// The file is read again when it changed; the answer of a helper is kept for five minutes.
package final class DockerCredentials: Sendable {
    private static let sizeLimit = 1 << 20
    private static let helperAnswerAge = Duration.seconds(300)

    private let path: String?
    private let environment: [String: String]
    private let helpers = BlockingQueue(label: "berth.registry.credential-helpers")
    private let state = Mutex(State())

    private struct State {
        var stamp: Stamp?
        var file: DockerConfigFile?
        var answers: [String: Answer] = [:]
    }

    /// Tells one version of the file from the next.
    private struct Stamp: Hashable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private struct Answer {
        let credential: Credential?
        let since: Moment
    }

    /// Finds the file; it does not have to exist, now or later.
    ///
    /// - Parameters:
    ///   - configFile: the path of Docker's `config.json`; without it,
    ///     `$DOCKER_CONFIG/config.json`, else `$HOME/.docker/config.json`.
    ///   - environment: the variables to look at, which helpers are also run with.
    package init(
        configFile: String? = nil,
        environment: [String: String]
    ) {
        let folder =
            environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { $0 + "/.docker" }
        path = configFile ?? folder.map { $0 + "/config.json" }
        self.environment = environment
    }

    /// The credentials for `registry`, a host as in ``ImageName/registry``; nil if there are none.
    package func credential(
        for registry: String,
        now: Moment
    ) async throws(CredentialError) -> Credential? {
        let key = RegistryHost.credentialKey(of: registry)
        switch try source(for: key) {
        case nil: return nil
        case .file(let credential): return credential
        case .helper(let name): return try await answer(of: name, for: key, now: now)
        }
    }

    /// Makes the next lookup run the helper again, because the registry refused its answer.
    func forgetAnswer(for registry: String) {
        let key = RegistryHost.credentialKey(of: registry)
        state.withLock { $0.answers[key] = nil }
    }

    private func source(for key: String) throws(CredentialError) -> DockerConfigFile.Source? {
        let variable = "DOCKER_AUTH_CONFIG"
        if let text = environment[variable], !text.isEmpty {
            let config = try DockerConfigFile.read(Data(text.utf8), from: variable)
            if let source = try config.source(for: key, from: variable) { return source }
        }
        guard let path else { return nil }
        return try file(at: path)?.source(for: key, from: path)
    }

    private func file(at path: String) throws(CredentialError) -> DockerConfigFile? {
        let stamp = try Self.stamp(of: path)
        let (known, file) = state.withLock { ($0.stamp, $0.file) }
        if stamp == known { return file }
        var fresh: DockerConfigFile?
        if let stamp {
            guard stamp.size <= Self.sizeLimit else {
                throw .malformed(source: path, reason: "it is longer than \(Self.sizeLimit) bytes")
            }
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                throw .unreadable(file: path, reason: error.localizedDescription)
            }
            fresh = try DockerConfigFile.read(data, from: path)
        }
        state.withLock { state in
            state = State(stamp: stamp, file: fresh)
        }
        return fresh
    }

    /// Nil if there is no such file.
    private static func stamp(of path: String) throws(CredentialError) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw .unreadable(file: path, reason: String(cString: strerror(code)))
        }
        return Stamp(
            inode: status.st_ino,
            size: status.st_size,
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    private func answer(
        of name: String,
        for key: String,
        now: Moment
    ) async throws(CredentialError) -> Credential? {
        if let answer = state.withLock({ $0.answers[key] }), answer.since <= now,
            now - answer.since < Self.helperAnswerAge
        {
            return answer.credential
        }
        let helper = CredentialHelper(name: name, environment: environment)
        let credential = try await helper.credential(for: key, on: helpers)
        state.withLock { $0.answers[key] = Answer(credential: credential, since: now) }
        return credential
    }
}
