import Clibgit2
import Glibc

/// A `GitError` before it knows which operation and remote it belongs to.
struct GitFault: Error, Equatable {
    let problem: GitError.Problem
    let detail: String

    init(_ problem: GitError.Problem, _ detail: String = "") {
        self.problem = problem
        self.detail = detail
    }

    func error(_ operation: String, _ remote: GitRemote) -> GitError {
        GitError(
            problem: problem,
            operation: operation,
            remote: remote.description,
            detail: remote.location.withoutSecrets(detail)
        )
    }
}

extension GitFault {
    /// A failed system call; reads `errno`, so it must come right after the call.
    static func system(_ problem: GitError.Problem, _ call: String) -> GitFault {
        GitFault(problem, "\(call): \(String(cString: strerror(errno)))")
    }

    /// Reads the message that libgit2 left for this thread.
    ///
    /// Must be called on the thread of the failed call before any other libgit2 call
    /// (libgit2 `docs/threading.md`).
    static func last(code: Int32) -> GitFault {
        guard let error = git_error_last() else {
            return GitFault(problem(code: code, category: GIT_ERROR_NONE, ""), "code \(code)")
        }
        let message = error.pointee.message.map { String(cString: $0) } ?? "code \(code)"
        let category = git_error_t(UInt32(bitPattern: error.pointee.klass))
        return GitFault(problem(code: code, category: category, message), message)
    }

    /// Classifies a failure by libgit2's code and category, and where those are not enough (HTTP
    /// statuses have neither), by its text.
    static func problem(
        code: Int32,
        category: git_error_t,
        _ message: String
    ) -> GitError.Problem {
        switch git_error_code(code) {
        case GIT_EAUTH: return .authentication
        case GIT_ECERTIFICATE: return .certificate
        case GIT_EMISMATCH: return .damagedMirror
        case GIT_ELOCKED: return .busy
        case GIT_EINVALIDSPEC: return .invalidData
        default: break
        }
        switch category {
        // net.c@v1.5.1: "cannot redirect from '%s' to '%s'".
        case GIT_ERROR_NET where message.hasPrefix("cannot redirect"): return .redirected
        case GIT_ERROR_HTTP: return httpProblem(message)
        case GIT_ERROR_NET, GIT_ERROR_SSL, GIT_ERROR_SSH: return .unreachable
        case GIT_ERROR_OS, GIT_ERROR_FILESYSTEM, GIT_ERROR_NOMEMORY: return .storage
        case GIT_ERROR_ODB, GIT_ERROR_ZLIB, GIT_ERROR_REPOSITORY, GIT_ERROR_REFERENCE,
            GIT_ERROR_CONFIG:
            return .damagedMirror
        default: return .invalidData
        }
    }

    private static func httpProblem(_ message: String) -> GitError.Problem {
        // http.c@v1.5.1: "unexpected http status code: %d".
        let status = message.split(separator: " ").last.flatMap { Int($0) }
        switch status {
        case 401, 403, 407: return .authentication
        case 404, 410: return .repositoryNotFound
        case nil where message.hasPrefix("invalid content-type"): return .repositoryNotFound
        case nil where message.contains("authentication"): return .authentication
        default: return .unreachable
        }
    }
}
