internal import Glibc

/// One run of a program: no shell, bounded in time and output.
///
/// A value that says what to run; ``run(on:)`` runs it.
/// The program gets a process group of its own, so that a run that takes too long is killed with
/// everything it started, and default signal handling, whatever this process ignores.
package struct Command: Sendable {
    /// The program: a path, or a name to look for in `PATH` and the system's own folders.
    package var program: String

    /// The arguments, without the program's own name.
    package var arguments: [String]

    /// The environment; nil hands on this process's own.
    package var environment: [String: String]?

    /// What the program reads from standard input; nil is an empty input.
    package var input: [UInt8]?

    /// How long the program may run before it is killed.
    package var deadline: Duration

    /// How many bytes of standard output are accepted.
    ///
    /// A program that writes more is killed and the run fails.
    /// Of standard error the first 64 KiB are kept and the rest is dropped.
    package var outputLimit: Int

    /// What to tell a user on whose host the program is missing.
    package var remedy: String

    /// Describes a run; nothing is started yet.
    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        input: [UInt8]? = nil,
        deadline: Duration = .seconds(30),
        outputLimit: Int = 1 << 20,
        remedy: String = "Install it, or put its folder into PATH."
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.deadline = deadline
        self.outputLimit = outputLimit
        self.remedy = remedy
    }

    /// Runs the program on `queue`, away from the cooperative pool, and returns what it wrote.
    ///
    /// A cancelled task does not cut the run short: a half-made change is worse than a late answer,
    /// and the deadline bounds it anyway.
    /// Throws `.failed` for every ending but exit status 0.
    @discardableResult
    package func run(on queue: BlockingQueue) async throws(CommandError) -> Output {
        try await queue.run { () throws(CommandError) in try runBlocking() }
    }

    /// Runs the program on a thread of its own; see ``run(on:)``.
    @discardableResult
    package func run() async throws(CommandError) -> Output {
        try await run(on: BlockingQueue(label: "berth.command"))
    }

    /// Runs the program and blocks the calling thread until it ended.
    @discardableResult
    package func runBlocking() throws(CommandError) -> Output {
        let child = try CommandChild(self, path: try path())
        return try child.output()
    }

    /// Starts the program on descriptors of the caller's and returns its process id.
    ///
    /// The caller bounds, kills and reaps it; `input`, `deadline` and `outputLimit` do not count.
    package func start(input: Int32, output: Int32, error: Int32) throws(CommandError) -> Int32 {
        try CommandChild.spawn(self, try path(), [input, output, error])
    }

    /// Finds the program's file.
    ///
    /// Services often start without `/usr/sbin` in `PATH`, where `nft` and its kind live, so the
    /// system's folders are always looked through last.
    private func path() throws(CommandError) -> String {
        let missing = CommandError.notFound(program: program, remedy: remedy)
        if program.contains("/") {
            guard access(program, X_OK) == 0 else { throw missing }
            return program
        }
        let searched = environment?["PATH"] ?? getenv("PATH").map { String(cString: $0) } ?? ""
        let folders: [String] =
            searched.split(separator: ":").map(String.init) + [
                "/usr/sbin", "/usr/bin", "/sbin", "/bin",
            ]
        for folder in folders where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw missing
    }
}

extension Command {
    /// What a program wrote.
    package struct Output: Equatable, Sendable {
        /// All of standard output.
        package let standardOutput: [UInt8]

        /// The first 64 KiB of standard error.
        package let standardError: [UInt8]

        /// Takes what was written, for instance to stand in for a program.
        package init(standardOutput: [UInt8], standardError: [UInt8]) {
            self.standardOutput = standardOutput
            self.standardError = standardError
        }

        /// Standard output as text; what is not UTF-8 shows as replacement characters.
        package var text: String { String(decoding: standardOutput, as: UTF8.self) }

        /// Standard error as text; what is not UTF-8 shows as replacement characters.
        package var errorText: String { String(decoding: standardError, as: UTF8.self) }
    }

    /// How a program ended.
    package enum Ending: Equatable, Sendable, CustomStringConvertible {
        /// It returned this status.
        case status(Int32)

        /// This signal killed it.
        case signal(Int32)

        /// The ending as the end of a sentence.
        package var description: String {
            switch self {
            case .status(let code): "ended with status \(code)"
            case .signal(let number): "was killed by signal \(number)"
            }
        }

        /// Decodes a wait status, as the macros of <sys/wait.h> do.
        init(waitStatus: Int32) {
            let signal = waitStatus & 0x7F
            self = signal == 0 ? .status(waitStatus >> 8 & 0xFF) : .signal(signal)
        }
    }
}
