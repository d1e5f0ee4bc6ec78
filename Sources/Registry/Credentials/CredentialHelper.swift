internal import Foundation
internal import Platform

/// A program that stores credentials: `docker-credential-<name>`
/// (docker/docker-credential-helpers, README).
struct CredentialHelper {
    let name: String

    let environment: [String: String]

    private var program: String { "docker-credential-\(name)" }

    /// Asks for the credentials under `key`; nil if the helper has none.
    func credential(
        for key: String,
        on queue: BlockingQueue
    ) async throws(CredentialError) -> Credential? {
        let command = Command(
            program,
            ["get"],
            environment: environment,
            input: Array(key.utf8),
            deadline: .seconds(30),
            outputLimit: 64 << 10,
            remedy: "Install it, or take it out of Docker's config.json."
        )
        let output: [UInt8]
        do throws(CommandError) {
            output = try await command.run(on: queue).standardOutput
        } catch .failed(_, _, let output) {
            // Helpers speak on standard output even when they fail.
            let message = output.text.trimmingCharacters(in: .whitespacesAndNewlines)
            if message == "credentials not found in native keychain" { return nil }
            let shown = ServerMessage.oneLine(message, atMost: 200) ?? "without a reason"
            throw .helperRefused(program: program, message: shown)
        } catch {
            throw .helper(program: program, reason: "\(error)")
        }
        return try answer(output)
    }

    private func answer(_ output: [UInt8]) throws(CredentialError) -> Credential? {
        struct Answer: Decodable {
            let Username: String?
            let Secret: String?
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output)),
            let secret = answer.Secret
        else { throw .helper(program: program, reason: "its output is not JSON with a Secret") }
        // The protocol's mark for a secret that is an identity token.
        if answer.Username == "<token>" { return .identityToken(secret) }
        guard let user = answer.Username, !user.isEmpty else { return nil }
        return .password(user: user, password: secret)
    }
}
