internal import Glibc

/// One run of a program: no shell, bounded in time and output.
///
/// The program gets a process group of its own, so that a run that takes too long is killed with
/// everything it started, and default signal handling, whatever this process ignores.
package struct Command: Sendable {
    /// A path, or a name to look for in `PATH` and the system's own folders.
    package var program: String
    /// Without the program's own name.
    package var arguments: [String]
    /// Nil is this process's own.
    package var environment: [String: String]?
    /// Standard input; nil is an empty one.
    package var input: [UInt8]?
    /// How long the program may run before it is killed.
    package var deadline: Duration
    /// How many bytes of standard output are accepted; a program that writes more is killed and the
    /// run fails.
    ///
    /// Of standard error the first 64 KiB are kept and the rest is dropped.
    package var outputLimit: Int
    /// What to tell a user on whose host the program is missing.
    package var remedy: String

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

    /// Runs the program on `queue`, away from the cooperative pool, or on a thread of its own.
    ///
    /// A cancelled task does not end the run early: a change that is half done is worse than a late
    /// answer, and the deadline bounds it anyway.
    /// Throws `.failed` for every ending but exit status 0.
    @discardableResult
    package func run(
        on queue: BlockingQueue = BlockingQueue(label: "berth.command")
    ) async throws(CommandError) -> Output {
        try await queue.run { () throws(CommandError) in try runBlocking() }
    }

    /// Runs the program and blocks the calling thread until it ended; see ``run(on:)``.
    @discardableResult
    package func runBlocking() throws(CommandError) -> Output {
        try CommandRun(self).output()
    }

    /// Starts the program with these descriptors as its standard ones, and no others.
    ///
    /// The caller ends and reaps it; `input`, `deadline` and `outputLimit` are not looked at.
    package func start(
        input: Int32,
        output: Int32,
        error: Int32
    ) throws(CommandError) -> Subprocess {
        let status = Subprocess.spawn(
            try path(),
            [program] + arguments,
            environment,
            [input, output, error]
        )
        switch status {
        case .success(let child): return child
        case .failure(let failure): throw notStarted(failure.code)
        }
    }

    func notStarted(_ code: CInt) -> CommandError {
        .notStarted(program: program, reason: String(cString: strerror(code)))
    }

    /// Finds the program's file.
    ///
    /// Services often start without `/usr/sbin` in `PATH`, where `nft` is, so the system's folders
    /// are always searched last.
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
    package struct Output: Equatable, Sendable {
        package let standardOutput: [UInt8]
        /// The first 64 KiB.
        package let standardError: [UInt8]

        package init(standardOutput: [UInt8], standardError: [UInt8]) {
            self.standardOutput = standardOutput
            self.standardError = standardError
        }

        /// Standard output; what is not UTF-8 shows as replacement characters.
        package var text: String { String(decoding: standardOutput, as: UTF8.self) }

        /// Standard error; what is not UTF-8 shows as replacement characters.
        package var errorText: String { String(decoding: standardError, as: UTF8.self) }
    }
}
