import GitSource
import TestSupport
import XCTest

/// Runs `body`, which must throw a `GitError` of this kind, and returns it.
@discardableResult
func assertProblem<Value>(
    _ problem: GitError.Problem,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ body: () async throws -> Value
) async throws -> GitError {
    do {
        let value = try await body()
        XCTFail("no error but \(value)", file: file, line: line)
        throw CancellationError()
    } catch let error as GitError {
        XCTAssertEqual(error.problem, problem, "\(error)", file: file, line: line)
        return error
    }
}

/// A repository, a mirror of it and the folder that the mirror lies in.
struct Fixture {
    let repository: TemporaryRepository
    let state: TemporaryDirectory

    init() throws {
        repository = try TemporaryRepository()
        state = try TemporaryDirectory("berth-state")
    }

    func mirror(
        _ url: String? = nil,
        credentials: GitCredentials = .none,
        limits: GitLimits = GitLimits(),
        timeouts: GitTimeouts = GitTimeouts()
    ) throws -> GitMirror {
        GitMirror(
            directory: state.file("git"),
            remote: try GitRemote(url ?? repository.path, credentials: credentials),
            limits: limits,
            timeouts: timeouts
        )
    }
}

/// A commit's name, from what `git rev-parse` printed.
func id(_ text: String) throws -> CommitID {
    try XCTUnwrap(CommitID(text), text)
}
