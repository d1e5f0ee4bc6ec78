internal import Glibc

/// A started program with the reading ends of its pipes.
///
/// Belongs to one thread, which blocks in ``output()``.
struct CommandChild: ~Copyable {
    private static let errorLimit = 64 << 10

    private let command: Command
    private let process: pid_t
    private let outputEnd: CInt
    private let errorEnd: CInt

    init(_ command: Command, path: String) throws(CommandError) {
        var opened: [CInt] = []
        // The low three numbers are the child's own; a descriptor there would be overwritten.
        func lifted(_ descriptor: CInt) throws(CommandError) -> CInt {
            if descriptor > 2 { return descriptor }
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { throw Self.refusal(command, errno) }
            opened.append(copy)
            return copy
        }
        func makeInput() throws(CommandError) -> CInt {
            let descriptor = Self.openInput(command.input)
            guard descriptor >= 0 else { throw Self.refusal(command, errno) }
            opened.append(descriptor)
            return try lifted(descriptor)
        }
        func makePipe() throws(CommandError) -> (read: CInt, write: CInt) {
            var ends: [CInt] = [-1, -1]
            guard GNUCalls.pipe2(&ends, O_CLOEXEC) == 0 else { throw Self.refusal(command, errno) }
            opened += ends
            return (try lifted(ends[0]), try lifted(ends[1]))
        }
        do throws(CommandError) {
            let input = try makeInput()
            let output = try makePipe()
            let error = try makePipe()
            process = try Self.spawn(command, path, [input, output.write, error.write])
            (self.command, outputEnd, errorEnd) = (command, output.read, error.read)
            for descriptor in opened where descriptor != outputEnd && descriptor != errorEnd {
                close(descriptor)
            }
        } catch {
            opened.forEach { _ = close($0) }
            throw error
        }
    }

    deinit {
        close(outputEnd)
        close(errorEnd)
    }

    /// Reads until the program ended, then says what it wrote and how it ended.
    consuming func output() throws(CommandError) -> Command.Output {
        let end = ContinuousClock.now + command.deadline
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = [
            pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorEnd, events: Int16(POLLIN), revents: 0),
        ]
        var hasEnded = false
        while open.contains(where: { $0.fd >= 0 }) {
            // Something the program left behind may hold the pipes open after it is gone.
            if !hasEnded { hasEnded = self.hasEnded() }
            let ready = poll(&open, nfds_t(open.count), hasEnded ? 0 : 20)
            if ready == 0, hasEnded { break }
            if open[0].revents != 0, !Self.read(outputEnd, into: &output, keep: .max) {
                open[0].fd = -1
            }
            if open[1].revents != 0, !Self.read(errorEnd, into: &errors, keep: Self.errorLimit) {
                open[1].fd = -1
            }
            if output.count > command.outputLimit {
                killAll()
                throw .outputTooLarge(program: command.program, limit: command.outputLimit)
            }
            try checkDeadline(end)
        }
        try waitForExit(until: end)
        let ending = reap()
        let written = Command.Output(standardOutput: output, standardError: errors)
        guard ending == .status(0) else {
            throw .failed(program: command.program, ending: ending, output: written)
        }
        return written
    }

    /// Waits for the exit that follows the closing of the pipes, usually within microseconds.
    private borrowing func waitForExit(
        until end: ContinuousClock.Instant
    ) throws(CommandError) {
        var pause: useconds_t = 20
        while !hasEnded() {
            try checkDeadline(end)
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    private borrowing func checkDeadline(
        _ end: ContinuousClock.Instant
    ) throws(CommandError) {
        guard ContinuousClock.now >= end else { return }
        killAll()
        throw .timedOut(program: command.program, after: command.deadline)
    }

    /// Whether the program is gone; it is not reaped, so that its number, which is also its
    /// group's, stays its own.
    private borrowing func hasEnded() -> Bool {
        var information = siginfo_t()
        let flags = WEXITED | WNOHANG | WNOWAIT
        guard waitid(P_PID, id_t(process), &information, flags) == 0 else { return false }
        return information.si_signo == SIGCHLD
    }

    /// Waits for the program, which is gone or about to be.
    @discardableResult
    private borrowing func reap() -> Command.Ending {
        var status: CInt = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        return Command.Ending(waitStatus: status)
    }

    /// Kills the program and what it started, also when the program itself is gone.
    private borrowing func killAll() {
        kill(-process, SIGKILL)
        reap()
    }

    /// Reads once; false at the end of the stream.
    private static func read(_ descriptor: CInt, into bytes: inout [UInt8], keep: Int) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
            bytes.append(contentsOf: buffer.prefix(min(count, max(0, keep - bytes.count))))
            return true
        }
    }

    /// Opens what the program reads.
    ///
    /// A file in memory instead of a pipe: it is complete before the program starts, so nobody has
    /// to feed it, and a program that exits without reading cannot raise SIGPIPE here.
    private static func openInput(_ input: [UInt8]?) -> CInt {
        guard let input, !input.isEmpty else { return open("/dev/null", O_RDONLY | O_CLOEXEC) }
        let closeOnExec: CUnsignedInt = 1  // MFD_CLOEXEC
        let file = GNUCalls.memfdCreate("input", closeOnExec)
        guard file >= 0 else { return -1 }
        let complete = input.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = write(
                    file,
                    bytes.baseAddress?.advanced(by: written),
                    bytes.count - written
                )
                if count < 0, errno != EINTR { return false }
                written += max(0, count)
            }
            return true
        }
        guard complete, lseek(file, 0, SEEK_SET) == 0 else {
            close(file)
            return -1
        }
        return file
    }

    static func spawn(
        _ command: Command,
        _ path: String,
        _ standardDescriptors: [CInt]
    ) throws(CommandError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in standardDescriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(number))
        }
        // Not every library opens its descriptors with O_CLOEXEC.
        GNUCalls.addCloseFrom(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var process: pid_t = 0
        let arguments = CStrings([command.program] + command.arguments)
        let status: CInt
        if let environment = command.environment {
            let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
            status = posix_spawn(
                &process,
                path,
                &actions,
                &attributes,
                arguments.pointers,
                variables.pointers
            )
        } else {
            status = posix_spawn(
                &process,
                path,
                &actions,
                &attributes,
                arguments.pointers,
                environ
            )
        }
        guard status == 0 else { throw refusal(command, status) }
        return process
    }

    private static func refusal(_ command: Command, _ code: CInt) -> CommandError {
        .notStarted(program: command.program, reason: String(cString: strerror(code)))
    }
}

/// A null-terminated array of C strings that lives as long as the value.
private struct CStrings: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[strings.count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
