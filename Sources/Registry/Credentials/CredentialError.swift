/// Why the credentials of a registry could not be had.
package enum CredentialError: Error, Hashable, Sendable {
    /// The file exists and cannot be read.
    case unreadable(file: String, reason: String)

    /// The file, or the variable `DOCKER_AUTH_CONFIG`, is not what Docker writes.
    case malformed(source: String, reason: String)

    /// The credential helper could not be run.
    case helper(program: String, reason: String)

    /// The credential helper said that it failed.
    case helperRefused(program: String, message: String)
}

extension CredentialError: CustomStringConvertible {
    /// What happened and what to do next, without any secret.
    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "the credentials in \(file) cannot be read: \(reason); make the file readable for the "
                + "user that runs berth"
        case .malformed(let source, let reason):
            "the credentials in \(source) make no sense: \(reason); run docker login again"
        case .helper(let program, let reason):
            "the credential helper \(program) gave no answer: \(reason)"
        case .helperRefused(let program, let message):
            "the credential helper \(program) failed: \(message); run docker login again, or try "
                + "the helper by hand"
        }
    }
}
