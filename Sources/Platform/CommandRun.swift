internal import Cglibc
internal import Glibc

/// A run of a command whose output is collected, on one thread, which blocks in ``output()``.
struct CommandRun: ~Copyable {
    private static let errorLimit = 64 << 10

    private let command: Command
    private let child: Subprocess
    private let outputEnd: Descriptor
    private let errorEnd: Descriptor

    init(_ command: Command) throws(CommandError) {
        let input = try Self.input(of: command)
        let output = try Self.pipe(for: command)
        let error = try Self.pipe(for: command)
        child = try command.start(
            input: input.number,
            output: output.write.number,
            error: error.write.number
        )
        self.command = command
        outputEnd = output.read
        errorEnd = error.read
    }

    /// Reads until the program ended, then says what it wrote and how it ended.
    consuming func output() throws(CommandError) -> Command.Output {
        let end = ContinuousClock.now + command.deadline
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = [outputEnd.number, errorEnd.number].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var hasEnded = false
        while open.contains(where: { $0.fd >= 0 }) {
            // Something the program left behind may hold the pipes open after it is gone.
            if !hasEnded { hasEnded = child.hasEnded }
            let ready = poll(&open, nfds_t(open.count), hasEnded ? 0 : 20)
            if ready == 0, hasEnded { break }
            if open[0].revents != 0, !Self.read(open[0].fd, into: &output, keep: .max) {
                open[0].fd = -1
            }
            if open[1].revents != 0, !Self.read(open[1].fd, into: &errors, keep: Self.errorLimit) {
                open[1].fd = -1
            }
            if output.count > command.outputLimit {
                child.killAll()
                throw .outputTooLarge(program: command.program, limit: command.outputLimit)
            }
            try checkDeadline(end)
        }
        try waitForExit(until: end)
        let ending = child.reap()
        let written = Command.Output(standardOutput: output, standardError: errors)
        guard ending == .status(0) else {
            throw .failed(program: command.program, ending: ending, output: written)
        }
        return written
    }

    /// Waits for the exit that follows the closing of the pipes, usually within microseconds.
    private borrowing func waitForExit(until end: ContinuousClock.Instant) throws(CommandError) {
        var pause: useconds_t = 20
        while !child.hasEnded {
            try checkDeadline(end)
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    private borrowing func checkDeadline(_ end: ContinuousClock.Instant) throws(CommandError) {
        guard ContinuousClock.now >= end else { return }
        child.killAll()
        throw .timedOut(program: command.program, after: command.deadline)
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

    /// What the program reads.
    ///
    /// A file in memory instead of a pipe: it is complete before the program starts, so no thread
    /// has to feed it, and a program that exits without reading cannot raise SIGPIPE here.
    private static func input(of command: Command) throws(CommandError) -> Descriptor {
        guard let input = command.input, !input.isEmpty else {
            return try open(command, Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC))
        }
        let file = try open(command, memfd_create("input", BERTH_MFD_CLOEXEC))
        var written = 0
        while written < input.count {
            let count = input[written...].withUnsafeBytes {
                write(file.number, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw command.notStarted(errno) }
            written += max(0, count)
        }
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw command.notStarted(errno) }
        return file
    }

    private static func open(
        _ command: Command,
        _ number: CInt
    ) throws(CommandError) -> Descriptor {
        guard number >= 0 else { throw command.notStarted(errno) }
        return Descriptor(number)
    }

    private struct Pipe: ~Copyable {
        let read: Descriptor
        let write: Descriptor
    }

    private static func pipe(for command: Command) throws(CommandError) -> Pipe {
        var ends: [CInt] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw command.notStarted(errno) }
        return Pipe(read: Descriptor(ends[0]), write: Descriptor(ends[1]))
    }
}
