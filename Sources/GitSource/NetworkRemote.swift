import Clibgit2
import Glibc

/// A connected remote behind http, https or ssh.
final class NetworkRemote: RemoteSession {
    private let remote: Handle<RemoteKind>
    private let attempt: NetworkAttempt
    let heads: RemoteHeads

    /// Connects and reads the heads; `download` needs a repository to write to.
    init(_ attempt: NetworkAttempt, into repository: OpaquePointer?) throws(GitFault) {
        let url = attempt.remote.location.displayed
        attempt.beginConnection()
        let remote = try Handle<RemoteKind> {
            repository == nil
                ? git_remote_create_detached(&$0, url)
                : git_remote_create_anonymous(&$0, repository, url)
        }
        var options = git_remote_connect_options()
        try check {
            git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        }
        options.callbacks = Self.callbacks(for: attempt.remote)
        // This still follows redirects on the named host, to any port and scheme; with credentials,
        // `NetworkAttempt.ask` refuses them.
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        let pointer = remote.pointer
        try check { git_remote_connect_ext(pointer, GIT_DIRECTION_FETCH, &options) }
        heads = try Self.heads(of: pointer)
        self.remote = remote
        self.attempt = attempt
    }

    func download(
        _ wanted: [RemoteHeads.Head],
        into mirror: borrowing Handle<RepositoryKind>
    ) throws(GitFault) {
        var options = git_fetch_options()
        try check { git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)) }
        options.callbacks = Self.callbacks(for: attempt.remote)
        options.update_fetchhead = 0
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        let pointer = remote.pointer
        let specifications = wanted.map { "+\($0.reference):\($0.reference)" }
        try withStringArray(specifications) { (array) throws(GitFault) in
            try check { git_remote_download(pointer, &array, &options) }
        }
    }

    private static func heads(of remote: OpaquePointer) throws(GitFault) -> RemoteHeads {
        var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check { git_remote_ls(&list, &count, remote) }
        let heads = (0..<count).compactMap { index -> RemoteHeads.Head? in
            guard let head = list?[index]?.pointee, let name = head.name else { return nil }
            return RemoteHeads.Head(
                reference: String(cString: name),
                id: CommitID(head.oid),
                target: head.symref_target.map { String(cString: $0) }
            )
        }
        return RemoteHeads(heads: heads)
    }

    /// Without a callback for certificates, libgit2 refuses invalid ones.
    private static func callbacks(for remote: GitRemote) -> git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        callbacks.version = UInt32(GIT_REMOTE_CALLBACKS_VERSION)
        callbacks.credentials = { out, _, _, _, _ in
            guard let attempt = NetworkAttempt.current else { return -1 }
            let code = attempt.answer { () throws(GitFault) in
                let (user, password) = try attempt.webCredentials()
                return Int(git_credential_userpass_plaintext_new(out, user, password))
            }
            return Int32(code)
        }
        callbacks.transfer_progress = { progress, _ in
            guard let attempt = NetworkAttempt.current, let progress else { return -1 }
            let code = attempt.answer { () throws(GitFault) in
                try attempt.check(objects: Int(progress.pointee.total_objects))
                return 0
            }
            return Int32(code)
        }
        if case .ssh = remote.location.address { callbacks.transport = SSHTransport.callback }
        return callbacks
    }
}

/// Lends strings to C as a `git_strarray`.
private func withStringArray(
    _ strings: [String],
    _ body: (inout git_strarray) throws(GitFault) -> Void
) throws(GitFault) {
    var pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    let result = pointers.withUnsafeMutableBufferPointer { buffer in
        var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
        return Result { () throws(GitFault) in try body(&array) }
    }
    try result.get()
}
